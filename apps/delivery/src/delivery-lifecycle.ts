import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { EgressClient } from '@fleethook/egress';
import { BatchingProducer, ConfigTopicReader, KafkaBatchServer } from '@fleethook/kafka';
import { Forwarder } from './forwarding/forwarder.js';

/** The consumer of all retry topics. */
export const TIERS_SERVER = Symbol('retry tiers server');

/** The order in which what a delivery needs ends: what is in flight needs the producer to the last. */
@Injectable()
export class DeliveryLifecycle implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly deliveries: KafkaBatchServer,
    @Inject(TIERS_SERVER) private readonly tiers: KafkaBatchServer,
    private readonly egress: EgressClient,
    private readonly forwarder: Forwarder,
    private readonly producer: BatchingProducer,
    private readonly configuration: ConfigTopicReader,
  ) {}

  /** Health and metrics still answer meanwhile. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.deliveries.drain(), this.tiers.drain()]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.forwarder.close();
    await Promise.all([this.producer.close(), this.configuration.close(), this.egress.close()]);
  }
}

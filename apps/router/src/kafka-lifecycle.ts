import { Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { BatchingProducer, ConfigTopicReader, KafkaBatchServer } from '@fleethook/kafka';

/** The order in which the router's Kafka clients end: what is in flight needs the producer to the last. */
@Injectable()
export class KafkaLifecycle implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly events: KafkaBatchServer,
    private readonly producer: BatchingProducer,
    private readonly configuration: ConfigTopicReader,
  ) {}

  /** Health and metrics still answer meanwhile. */
  beforeApplicationShutdown(): Promise<void> {
    return this.events.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.producer.close(), this.configuration.close()]);
  }
}

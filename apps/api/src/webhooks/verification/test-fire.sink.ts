import { Injectable } from '@nestjs/common';
import type { Envelope, Prn } from '@fleethook/events';
import { KafkaError, RecordProducer } from '@fleethook/kafka';
import { encodeDelivery, TOPICS } from '@fleethook/messages';
import { unavailable } from '../../errors/problems.js';
import { TEST_FIRE } from './test-fire.js';

const KAFKA_RETRY_AFTER_SECONDS = 5;

/** Where a test fire that was asked for goes: straight to the webhook's deliveries, past its subscriptions. */
export abstract class TestFireSink {
  /** Resolved once Kafka has it. @throws Refusal 503 while Kafka is away */
  abstract send(webhook: Prn<'webhook'>, envelope: Envelope, nowMs: number): Promise<void>;
}

@Injectable()
export class KafkaTestFireSink extends TestFireSink {
  constructor(private readonly producer: RecordProducer) {
    super();
  }

  override async send(webhook: Prn<'webhook'>, envelope: Envelope, nowMs: number): Promise<void> {
    const record = encodeDelivery({
      event: envelope.prn,
      name: TEST_FIRE,
      webhook,
      lane: 0,
      acceptedAtMs: nowMs,
      attempt: 1,
      body: Buffer.from(JSON.stringify(envelope)),
    });
    try {
      await this.producer.send({ ...record, topic: TOPICS.deliveries.name });
    } catch (error) {
      if (error instanceof KafkaError) throw unavailable('Kafka is away; try again', KAFKA_RETRY_AFTER_SECONDS);
      throw error;
    }
  }
}

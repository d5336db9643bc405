import { Inject, Injectable } from '@nestjs/common';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { DEAD_REASONS, type DeadReason, type DeliveryMessage, TOPICS, encodeDeadDelivery } from '@fleethook/messages';
import { LOG, type Log, METRICS, type Metrics, startAtZero, traceIdOf } from '@fleethook/observability';
import { Clock } from '../clock.js';
import { deadRecordOf } from './dead-record.js';
import { Forwarder } from './forwarder.js';

/** Where deliveries end that were not delivered: whole, so that they can be sent again. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly forwarder: Forwarder,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(metrics.dead, 'reason', DEAD_REASONS);
  }

  /** The letter alone, for whoever writes it together with an attempt. */
  letterOf(message: DeliveryMessage, deadReason: DeadReason): OutgoingRecord {
    this.metrics.dead.inc({ reason: deadReason });
    const dead = { kind: 'delivery', deadReason, diedAtMs: this.clock.now(), delivery: message } as const;
    return { topic: TOPICS.dead.name, ...encodeDeadDelivery(dead) };
  }

  /** Ends a delivery without an attempt. */
  put(record: KafkaRecord, message: DeliveryMessage, deadReason: DeadReason): void {
    if (!record.begin()) return;
    this.log.info({
      event: 'delivery.dead',
      webhook: message.webhook,
      event_prn: message.event,
      attempt: message.attempt,
      trace_id: traceIdOf(message.trace),
      reason: deadReason,
    });
    this.forwarder.forward(record, [this.letterOf(message, deadReason)]);
  }

  /** Parks a record that cannot be read. */
  putUndecodable(record: KafkaRecord, error: unknown): void {
    if (!record.begin()) return;
    const { topic, partition, offset } = record;
    const detail = error instanceof Error ? error.message : String(error);
    this.metrics.dead.inc({ reason: 'undecodable' });
    this.log.error(
      { event: 'delivery.undecodable', topic, partition, offset, detail },
      'a record could not be read and was parked',
    );
    this.forwarder.forward(record, [deadRecordOf(record, 'undecodable', detail, this.clock.now())]);
  }
}

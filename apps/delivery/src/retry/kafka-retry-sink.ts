import { Inject, Injectable } from '@nestjs/common';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { encodeDelivery, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import { deferralTier, jitterMs, type NextAttempt } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { RetrySink, type DeferralReason } from './retry-sink.js';
import { Tiers } from './tiers.js';

/** Deliveries wait in one topic per delay. */
@Injectable()
export class KafkaRetrySink extends RetrySink {
  constructor(
    private readonly tiers: Tiers,
    private readonly forwarder: Forwarder,
    private readonly clock: Clock,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    super();
  }

  retryOf(
    message: DeliveryMessage,
    next: Extract<NextAttempt, { kind: 'retry' }>,
    firstAttemptAtMs: number,
    reason: string,
  ): OutgoingRecord {
    const tier = this.tiers.withDelay(next.tierMs);
    this.metrics.retried.inc({ tier: tier.label });
    return {
      topic: tier.topic.name,
      ...encodeDelivery({
        ...message,
        attempt: message.attempt + 1,
        firstAttemptAtMs,
        reason,
        jitterMs: next.jitterMs,
        notBeforeMs: next.notBeforeMs,
      }),
    };
  }

  defer(record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    if (!record.begin()) return;
    this.metrics.deferred.inc({ reason });
    const tier = this.tiers.withDelay(deferralTier(this.tiers.schedule, waitMs));
    const deferred = {
      ...message,
      reason,
      jitterMs: jitterMs(tier.delayMs, () => this.clock.random()),
      notBeforeMs: undefined,
    };
    this.forwarder.forward(record, [{ topic: tier.topic.name, ...encodeDelivery(deferred) }]);
  }
}

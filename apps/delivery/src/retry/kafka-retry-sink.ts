import { Inject, Injectable } from '@nestjs/common';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { encodeDelivery, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, startAtZero, type Metrics } from '@fleethook/observability';
import { deferralTier, fittingTier, jitterMs, shortestDelay, type NextAttempt } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { DeadLetters } from '../forwarding/dead-letters.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { DEFERRAL_REASONS, RetrySink, type DeferralReason } from './retry-sink.js';
import { Tiers, type Tier } from './tiers.js';

/** A delivery that was never tried comes by once or twice in this time, for a breaker is open for ten minutes at most. */
const LAST_CHANCE_MS = 1_200_000;

/** Deliveries wait in one topic per delay. */
@Injectable()
export class KafkaRetrySink extends RetrySink {
  constructor(
    private readonly tiers: Tiers,
    private readonly forwarder: Forwarder,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    super();
    startAtZero(metrics.deferred, 'reason', DEFERRAL_REASONS);
    const labels = tiers.scheduled.map(({ label }) => label);
    for (const counter of [metrics.retried, metrics.tierForwarded]) startAtZero(counter, 'tier', labels);
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
        sinceMs: undefined,
        reason,
        jitterMs: next.jitterMs,
        notBeforeMs: next.notBeforeMs,
      }),
    };
  }

  defer(record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    const tier = this.tiers.withDelay(deferralTier(this.tiers.schedule, waitMs));
    const jitter = jitterMs(tier.delayMs, () => this.clock.random());
    const sinceMs = reason === 'breaker_open' ? this.#sinceOf(message) : message.sinceMs;
    this.#putOff(record, tier, { ...message, reason, sinceMs, jitterMs: jitter, notBeforeMs: undefined });
  }

  postpone(record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    const { schedule } = this.tiers;
    const tier = this.tiers.withDelay(fittingTier(schedule, waitMs) ?? shortestDelay(schedule));
    const notBeforeMs = Math.ceil(this.clock.now() + waitMs);
    this.#putOff(record, tier, { ...message, reason, jitterMs: undefined, notBeforeMs });
  }

  isFinal(message: DeliveryMessage): boolean {
    return this.#overdueMs(message) >= 0;
  }

  isOver(message: DeliveryMessage): boolean {
    return this.#overdueMs(message) >= LAST_CHANCE_MS;
  }

  end(record: KafkaRecord, message: DeliveryMessage): void {
    this.deadLetters.put(record, message, 'horizon_reached');
  }

  /** Of one that was tried, the first attempt says when it began. */
  #sinceOf({ firstAttemptAtMs, sinceMs }: DeliveryMessage): number | undefined {
    return firstAttemptAtMs === undefined ? (sinceMs ?? this.clock.now()) : undefined;
  }

  /** By so much its horizon is over; less than 0: it is not. */
  #overdueMs({ firstAttemptAtMs, sinceMs }: DeliveryMessage): number {
    // Not from when the event was accepted: of a resend or a replay that is long ago.
    const beganAtMs = firstAttemptAtMs ?? sinceMs;
    return beganAtMs === undefined ? -Infinity : this.clock.now() - beganAtMs - this.tiers.schedule.horizonMs;
  }

  #putOff(record: KafkaRecord, tier: Tier, message: DeliveryMessage & { reason: DeferralReason }): void {
    if (!record.begin()) return;
    this.metrics.deferred.inc({ reason: message.reason });
    this.forwarder.forward(record, [{ topic: tier.topic.name, ...encodeDelivery(message) }]);
  }
}

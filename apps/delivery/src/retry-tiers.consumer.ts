import { Controller, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ANY_TOPIC, type KafkaBatch, type KafkaRecord } from '@fleethook/kafka';
import { decodeDelivery, encodeDelivery, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import { nextHop } from '@fleethook/retry';
import { Clock } from './clock.js';
import { DeadLetters } from './forwarding/dead-letters.js';
import { Forwarder } from './forwarding/forwarder.js';
import { DueHead, type WaitingDelivery } from './retry/due-head.js';
import { TierTracing } from './retry/tier-tracing.js';
import { Tiers, type Tier } from './retry/tiers.js';

/** Names the consumer of all retry topics: Nest finds a transport's handlers by it. */
export const RETRY_TIERS = Symbol('webhook.retry');

const SAMPLE_INTERVAL_MS = 1_000;

/** Holds what waits in the tiers until it is due, then moves it back to `webhook.deliveries`. */
@Controller()
export class RetryTiersConsumer implements OnApplicationShutdown {
  readonly #heads = new Map<string, { tier: Tier; head: DueHead }>();
  #cancelSampling: () => void;

  constructor(
    private readonly tiers: Tiers,
    private readonly forwarder: Forwarder,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    private readonly tracing: TierTracing,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.#cancelSampling = clock.after(SAMPLE_INTERVAL_MS, () => this.#sample());
  }

  @EventPattern(ANY_TOPIC, RETRY_TIERS)
  onBatch(@Payload() batch: KafkaBatch): void {
    const tier = this.tiers.ofTopic(batch.topic);
    if (tier === undefined) throw new RangeError(`no tier has the topic ${batch.topic}`);
    const head = this.#headOf(tier, batch.partition);
    for (const record of batch.records) {
      const message = this.#decode(record);
      if (message !== undefined) head.take(record, message);
    }
    head.advance();
  }

  /** Deliveries in memory that are not due yet, or on their way. */
  get waiting(): number {
    let waiting = 0;
    for (const { head } of this.#heads.values()) waiting += head.size;
    return waiting;
  }

  onApplicationShutdown(): void {
    this.#cancelSampling();
    for (const { head } of this.#heads.values()) head.close();
  }

  #decode(record: KafkaRecord): DeliveryMessage | undefined {
    try {
      return decodeDelivery(record);
    } catch (error) {
      this.deadLetters.putUndecodable(record, error);
      return undefined;
    }
  }

  #headOf(tier: Tier, partition: number): DueHead {
    const key = `${tier.label}/${partition}`;
    const known = this.#heads.get(key);
    if (known !== undefined) return known.head;
    const head = new DueHead({
      schedule: this.tiers.schedule,
      tierMs: tier.delayMs,
      clock: this.clock,
      release: (waiting, nowMs, onDone) => this.#release(tier, waiting, nowMs, onDone),
    });
    this.#heads.set(key, { tier, head });
    return head;
  }

  /** To its owner, or to the next tier when its own time is not there yet: that uses up no attempt. */
  #release(tier: Tier, { record }: WaitingDelivery, nowMs: number, onDone: () => void): void {
    if (!record.begin()) return onDone();
    const message = decodeDelivery(record);
    const span = this.tracing.released(record, message);
    const onSettled = span === undefined ? onDone : (): void => (span.end(), onDone());
    const hopMs = nextHop(this.tiers.schedule, message.notBeforeMs, nowMs);
    if (hopMs === undefined) {
      const due = { ...message, jitterMs: undefined, notBeforeMs: undefined };
      this.metrics.tierForwarded.inc({ tier: tier.label });
      this.forwarder.forward(record, [{ topic: TOPICS.deliveries.name, ...encodeDelivery(due) }], onSettled);
      return;
    }
    this.metrics.deferred.inc({ reason: 'not_yet_due' });
    const next = this.tiers.withDelay(hopMs);
    const hopping = { ...message, jitterMs: undefined };
    this.forwarder.forward(record, [{ topic: next.topic.name, ...encodeDelivery(hopping) }], onSettled);
  }

  #sample(): void {
    const latestMs = new Map(this.tiers.all.map((tier) => [tier.label, 0]));
    for (const [key, { tier, head }] of this.#heads) {
      latestMs.set(tier.label, Math.max(latestMs.get(tier.label) ?? 0, head.takeLateness()));
      if (head.size === 0) this.#heads.delete(key);
    }
    for (const [tier, lateMs] of latestMs) this.metrics.tierHeadOverdue.set({ tier }, lateMs / 1_000);
    this.#cancelSampling = this.clock.after(SAMPLE_INTERVAL_MS, () => this.#sample());
  }
}

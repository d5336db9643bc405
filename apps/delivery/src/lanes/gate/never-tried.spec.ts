import { expect, it } from '@jest/globals';
import { RecordProducer, type OutgoingRecord, type RecordDone } from '@fleethook/kafka';
import { decodeDelivery, retryDelayOf, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { nextAttempt, scheduleOf, type Outcome } from '@fleethook/retry';
import { DeadLetters } from '../../forwarding/dead-letters.js';
import { Forwarder } from '../../forwarding/forwarder.js';
import { KafkaRetrySink } from '../../retry/kafka-retry-sink.js';
import { Tiers } from '../../retry/tiers.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { deliveryMessage, FakeRecord } from '../../testing/fake-record.js';
import { webhookOf } from '../../testing/lane-world.js';
import type { Webhook } from '../../webhook.js';
import { LaneAdmission } from '../lane-admission.js';
import type { LaneDelivery } from '../lane.js';
import { LaneRegistry } from '../lane-registry.js';
import type { SlotOwner } from '../attempt-port.js';
import { GuardedGates } from './gates.js';

const MINUTE_MS = 60_000;
const HORIZON_MS = 60 * MINUTE_MS;
const FAILED: Outcome = { kind: 'http_status', status: 503 };
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

class Kafka extends RecordProducer {
  constructor(private readonly took: (record: OutgoingRecord) => void) {
    super();
  }

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    this.took(record);
    onDone(undefined);
  }
}

/** Tiers that bring back what is written to them, and an endpoint that takes its time and fails. */
class DeadEndpoint {
  readonly clock = new FakeClock();
  readonly #webhook: Webhook;
  readonly #schedule = scheduleOf([5_000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS], HORIZON_MS);
  readonly #lanes: LaneRegistry;
  readonly #sink: KafkaRetrySink;
  readonly #begun = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #tried = new Set<string>();

  constructor(
    private readonly answersInMs: number,
    ratePerSecond?: number,
  ) {
    this.#webhook = webhookOf(ratePerSecond === undefined ? {} : { ratePerSecond });
    const { clock } = this;
    // Spread evenly, and the same in every run.
    clock.random = () => (clock.nextRandom = (clock.nextRandom + 0.618) % 1);
    const metrics = createMetrics();
    const forwarder = new Forwarder(new Kafka((record) => this.#took(record)), clock, log);
    const deadLetters = new DeadLetters(forwarder, clock, log, metrics);
    this.#sink = new KafkaRetrySink(new Tiers(this.#schedule), forwarder, deadLetters, clock, metrics);
    this.#lanes = new LaneRegistry(
      { run: (delivery, slot) => this.#attempt(delivery, slot) },
      this.#sink,
      new GuardedGates(log, { report: () => {} }, clock),
      new LaneAdmission({ maxRecords: 1_000, maxBytes: 4_000_000 }, { isSaturated: false, sample: () => {} }),
      { processConcurrency: 100, webhookConcurrency: 20, maxInFlightBytes: 4_000_000, originConcurrency: 100 },
      { find: () => this.#webhook },
      clock,
      metrics,
    );
  }

  send(): void {
    const message = deliveryMessage({ webhook: this.#webhook.prn, acceptedAtMs: this.clock.now() });
    this.#begun.set(message.event, this.clock.now());
    this.#offer(new FakeRecord(message));
  }

  /** Of those that began longer ago. */
  olderThan(ageMs: number): { count: number; unended: number; untried: number } {
    const old = [...this.#begun].filter(([, atMs]) => this.clock.now() - atMs > ageMs).map(([event]) => event);
    return {
      count: old.length,
      unended: old.filter((event) => !this.#ended.has(event)).length,
      untried: old.filter((event) => !this.#tried.has(event)).length,
    };
  }

  #took({ topic, key, value, headers }: OutgoingRecord): void {
    const message = decodeDelivery({ key, value: value as Buffer, headers });
    if (topic === TOPICS.dead.name) this.#ended.add(message.event);
    else {
      const delayMs = (retryDelayOf(topic)?.delayMs ?? 0) + (message.jitterMs ?? 0);
      const notBeforeMs = message.notBeforeMs ?? 0;
      this.clock.after(Math.max(delayMs, notBeforeMs - this.clock.now()), () => this.#offer(new FakeRecord(message)));
    }
  }

  #offer(record: FakeRecord): void {
    this.#lanes.offer(record, decodeDelivery(record), this.#webhook);
  }

  #attempt(delivery: LaneDelivery, slot: SlotOwner): void {
    const { message } = delivery;
    const firstAttemptAtMs = message.firstAttemptAtMs ?? this.clock.now();
    this.#tried.add(message.event);
    this.clock.after(this.answersInMs, () => {
      const { attempt } = message;
      const failed = { attempt, firstAttemptAtMs, nowMs: this.clock.now(), outcome: FAILED, random: () => 0 };
      const next = nextAttempt(this.#schedule, failed);
      if (next.kind === 'dead') this.#ended.add(message.event);
      else this.#took(this.#sink.retryOf(message, next, firstAttemptAtMs, 'http_status:503'));
      slot.attemptEnded(delivery, FAILED, this.answersInMs);
    });
  }
}

it.each([
  ['answers with errors: all after an attempt', undefined, 50, 0],
  ['hangs: those without an attempt whose turn it never was', undefined, 10_000, 10_000],
  ['answers with errors, and has a low rate: those as well', 0.2, 50, 10_000],
])('every delivery to an endpoint ends that %s', (_what, ratePerSecond, answersInMs, mostUntried) => {
  const endpoint = new DeadEndpoint(answersInMs, ratePerSecond);
  for (let second = 0; second < 6 * 3_600; second += 10) {
    endpoint.send();
    endpoint.clock.advance(10_000);
  }
  // The probe of a breaker may be a first attempt as late as that, from which the horizon runs anew; and a last chance takes its time.
  // What waits for its rate is told to come back in an hour at most.
  const awayMs = ratePerSecond === undefined ? 0 : 60 * MINUTE_MS;
  const old = endpoint.olderThan(2 * HORIZON_MS + 40 * MINUTE_MS + awayMs);
  expect(old.count).toBeGreaterThan(800);
  expect(old.unended).toBe(0);
  expect(old.untried).toBeLessThanOrEqual(mostUntried);
});

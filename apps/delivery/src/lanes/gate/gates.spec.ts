import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newPrn, type Prn } from '@fleethook/events';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { SecretSealer, type BreakerMessage, type DeliveryMessage, type WebhookConfig } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { DEFAULT_SCHEDULE, deferralTier, type Outcome } from '@fleethook/retry';
import { RetrySink, type DeferralReason } from '../../retry/retry-sink.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { deliveryMessage, FakeRecord, ORGANIZATION } from '../../testing/fake-record.js';
import { Webhook } from '../../webhook.js';
import { GuardedGates } from './gates.js';
import { LaneAdmission } from '../lane-admission.js';
import { AttemptPort, type SlotOwner } from '../attempt-port.js';
import { LaneRegistry } from '../lane-registry.js';
import type { LaneDelivery } from '../lane.js';

const SEALER = new SecretSealer([Buffer.alloc(32, 1).toString('base64')]);
const DELIVERED: Outcome = { kind: 'delivered', status: 200 };
const FAILED: Outcome = { kind: 'http_status', status: 500 };
const ENDPOINT_MS = 20;

const log = createLog({ app: 'test', level: 'silent', format: 'json' });
let clock: FakeClock;

/** An endpoint that answers after 20 ms, and what it was sent. */
class Attempts extends AttemptPort {
  readonly sent: { message: DeliveryMessage; atMs: number }[] = [];
  answer: (message: DeliveryMessage) => Outcome = () => DELIVERED;

  run(delivery: LaneDelivery, slot: SlotOwner): void {
    const { message } = delivery;
    this.sent.push({ message, atMs: clock.now() });
    clock.after(ENDPOINT_MS, () => slot.attemptEnded(delivery, this.answer(message), ENDPOINT_MS));
  }
}

/** Brings back what is put off when its time has come, as the tiers do. */
class Tiers extends RetrySink {
  readonly deferred: { message: DeliveryMessage; reason: DeferralReason; waitMs: number }[] = [];
  offer: (message: DeliveryMessage) => void = () => {};

  retryOf(): OutgoingRecord {
    throw new Error('attempts are not followed up here');
  }

  defer(_record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    this.#bringBack(message, reason, waitMs, deferralTier(DEFAULT_SCHEDULE, waitMs));
  }

  postpone(_record: KafkaRecord, message: DeliveryMessage, reason: DeferralReason, waitMs: number): void {
    this.#bringBack(message, reason, waitMs, Math.max(5_000, waitMs));
  }

  isFinal = (): boolean => false;
  isOver = (): boolean => false;
  end = (): void => {};

  #bringBack(message: DeliveryMessage, reason: DeferralReason, waitMs: number, inMs: number): void {
    this.deferred.push({ message, reason, waitMs });
    clock.after(inMs, () => this.offer({ ...message, reason }));
  }
}

describe('a lane behind its gate', () => {
  let attempts: Attempts;
  let tiers: Tiers;
  let lanes: LaneRegistry;
  let prn: Prn<'webhook'>;
  let webhook: Webhook;
  let lines: Record<string, unknown>[];
  let reports: BreakerMessage[];

  beforeEach(() => {
    clock = new FakeClock();
    attempts = new Attempts();
    tiers = new Tiers();
    lines = [];
    reports = [];
    for (const level of ['info', 'warn'] as const)
      jest.spyOn(log, level).mockImplementation(((line: Record<string, unknown>) => void lines.push(line)) as never);
    lanes = new LaneRegistry(
      attempts,
      tiers,
      new GuardedGates(log, { report: (message) => void reports.push(message) }, clock),
      new LaneAdmission({ maxRecords: 1_000, maxBytes: 4_000_000 }, { isSaturated: false, sample: () => {} }),
      { processConcurrency: 100, webhookConcurrency: 20, maxInFlightBytes: 4_000_000, originConcurrency: 100 },
      { find: () => webhook },
      clock,
      createMetrics(),
    );
    tiers.offer = (message) => offer(message);
    prn = newPrn(ORGANIZATION, 'webhook');
    configure();
  });

  function configure(changes: Partial<WebhookConfig> = {}): void {
    const config: WebhookConfig = {
      v: 1,
      kind: 'webhook',
      version: 1,
      prn,
      organization: ORGANIZATION,
      url: 'https://receiver.example/',
      enabledEvents: [],
      state: 'enabled',
      secrets: [],
      lanes: 1,
      ...changes,
    };
    webhook = new Webhook(config, SEALER, () => {});
  }

  const offer = (message: DeliveryMessage): void => lanes.offer(new FakeRecord(message), message, webhook);
  const offerNew = (count: number, changes: Partial<DeliveryMessage> = {}): void => {
    for (let offered = 0; offered < count; offered++) offer(deliveryMessage({ webhook: webhook.prn, ...changes }));
  };
  const mostInASecond = (): number =>
    Math.max(
      ...attempts.sent.map(
        ({ atMs }, from) => attempts.sent.slice(from).filter((later) => later.atMs < atMs + 1_000).length,
      ),
    );
  const distinct = (): number => new Set(attempts.sent.map(({ message }) => message.event)).size;
  const deferredTimes = (): number[] => {
    const times = new Map<string, number>();
    for (const { message } of tiers.deferred) times.set(message.event, (times.get(message.event) ?? 0) + 1);
    return [...times.values()];
  };

  describe('with a rate limit', () => {
    it('works a flood off at its rate, in order, each put off about once, whatever comes back at what time', () => {
      configure({ ratePerSecond: 10 });
      const startMs = clock.now();
      offerNew(2_000);
      clock.advance(210_000);
      expect([distinct(), attempts.sent.length]).toEqual([2_000, 2_000]);
      expect(mostInASecond()).toBeLessThanOrEqual(11);
      const tookMs = (attempts.sent.at(-1)?.atMs ?? 0) - startMs;
      expect(tookMs).toBeGreaterThan(199_000);
      expect(tiers.deferred.every(({ reason }) => reason === 'rate_limited')).toBe(true);
      expect(Math.max(...deferredTimes())).toBe(1);
      expect(lanes.lanes).toBe(1);
      clock.advance(120_000);
      expect(lanes.lanes).toBe(0);
    });

    it('keeps to its rate under a flood that goes on, and delivers all of it afterwards', () => {
      configure({ ratePerSecond: 20 });
      const startMs = clock.now();
      for (let second = 0; second < 60; second++) {
        offerNew(100, { acceptedAtMs: clock.now() });
        clock.advance(1_000);
      }
      expect(attempts.sent.length).toBeGreaterThan(60 * 20 * 0.95);
      clock.advance(260_000);
      expect([distinct(), attempts.sent.length]).toEqual([6_000, 6_000]);
      expect(mostInASecond()).toBeLessThanOrEqual(22);
      expect(tiers.deferred.length).toBeLessThan(6_000 * 1.1);
      // In the order in which they came, a few seconds more or less.
      for (const { message, atMs } of attempts.sent) {
        const turnMs = startMs + (message.acceptedAtMs - startMs) * 5;
        expect(Math.abs(atMs - turnMs)).toBeLessThan(15_000);
      }
    });

    it('gives fresh deliveries every other turn beside a replay, and the replay the rest', () => {
      configure({ ratePerSecond: 10 });
      offerNew(3_000, { series: 'replay' });
      clock.advance(10_000);
      attempts.sent.length = 0;
      for (let second = 0; second < 60; second++) {
        offerNew(4);
        clock.advance(1_000);
      }
      const fresh = attempts.sent.filter(({ message }) => message.series === undefined);
      expect(fresh).toHaveLength(240);
      expect(attempts.sent.length).toBeGreaterThan(570);
      expect(tiers.deferred.filter(({ message }) => message.series === undefined)).toEqual([]);
    });

    it('has no more retries wait here than it works off in a few seconds, nor tells them a time again and again', () => {
      configure({ ratePerSecond: 10 });
      offerNew(600, { attempt: 2, firstAttemptAtMs: clock.now() });
      expect(lanes.waiting).toBeLessThanOrEqual(50);
      clock.advance(70_000);
      expect(distinct()).toBe(600);
      expect(Math.max(...deferredTimes())).toBe(1);
    });

    it('shares it among its lanes', () => {
      configure({ ratePerSecond: 12, lanes: 3 });
      for (const lane of [0, 1, 2]) offerNew(10, { lane });
      clock.advance(1_000);
      expect(mostInASecond()).toBeLessThanOrEqual(12 + 3);
      expect(attempts.sent.length).toBeGreaterThanOrEqual(12);
      for (const each of [0, 1, 2])
        expect(attempts.sent.filter(({ message }) => message.lane === each).length).toBeLessThanOrEqual(5);
    });

    it('keeps to a new rate at once, and puts off what waits for it', () => {
      configure({ ratePerSecond: 200 });
      offerNew(900);
      configure({ ratePerSecond: 2, version: 2 });
      offerNew(1);
      const before = attempts.sent.length;
      clock.advance(20_000);
      expect(attempts.sent.length - before).toBeLessThanOrEqual(42);
      expect(lanes.waiting).toBeLessThanOrEqual(40);
      configure({ version: 3 });
      offerNew(1);
      clock.advance(3_600_000);
      expect(distinct()).toBe(902);
    });
  });

  describe('with a breaker', () => {
    it('leaves a failing endpoint alone, probes it, and sends everything once it recovers', () => {
      attempts.answer = () => FAILED;
      offerNew(500);
      clock.advance(29_000);
      // What had begun when it opened.
      expect(attempts.sent.length).toBeLessThanOrEqual(40);
      const tried = attempts.sent.length;
      for (const { reason, waitMs } of tiers.deferred) {
        expect(reason).toBe('breaker_open');
        expect(waitMs).toBeGreaterThan(29_000);
      }
      expect(lines).toEqual([expect.objectContaining({ event: 'webhook.breaker_opened', webhook: webhook.prn })]);
      clock.advance(30_000);
      expect(attempts.sent).toHaveLength(tried + 1);
      attempts.answer = () => DELIVERED;
      attempts.sent.length = 0;
      clock.advance(1_200_000);
      expect(attempts.sent).toHaveLength(500 - tried - 1);
      expect(attempts.sent.every(({ message }) => message.attempt === 1)).toBe(true);
      expect(lines.at(-1)).toMatchObject({ event: 'webhook.breaker_closed', webhook: webhook.prn });
    });

    it('tells of every change, and of nothing else', () => {
      const startMs = clock.now();
      attempts.answer = () => FAILED;
      offerNew(500);
      clock.advance(29_000);
      const [first] = reports;
      expect(reports).toEqual([
        { v: 1, webhook: prn, lane: 0, state: 'open', atMs: first?.atMs, openUntilMs: first?.openUntilMs },
      ]);
      expect(first?.atMs).toBeGreaterThanOrEqual(startMs);
      expect((first?.openUntilMs ?? 0) - (first?.atMs ?? 0)).toBe(30_000);
      clock.advance(30_000);
      expect(reports.slice(1)).toMatchObject([{ state: 'open' }]);
      expect((reports[1]?.openUntilMs ?? 0) - (reports[1]?.atMs ?? 0)).toBe(60_000);
      attempts.answer = () => DELIVERED;
      clock.advance(1_200_000);
      expect(reports.slice(2)).toMatchObject([{ state: 'closed', openUntilMs: undefined }]);
    });

    it.each([
      ['another URL', { url: 'https://receiver.example/mended' }],
      ['an endpoint that was verified again', { verifiedVersion: 2 }],
    ])('is closed again for %s', (_what, change) => {
      attempts.answer = () => FAILED;
      offerNew(30);
      clock.advance(1_000);
      attempts.sent.length = 0;
      attempts.answer = () => DELIVERED;
      configure({ version: 2, ...change });
      offerNew(1);
      expect(attempts.sent).toHaveLength(1);
      expect(reports.map(({ state }) => state)).toEqual(['open', 'closed']);
    });

    it('takes no token of a rate limit for what it puts off', () => {
      configure({ ratePerSecond: 100 });
      attempts.answer = () => FAILED;
      offerNew(400);
      clock.advance(1_000);
      expect(lines).toHaveLength(1);
      expect(lanes.waiting).toBe(0);
    });
  });
});

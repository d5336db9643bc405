import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { KafkaError, RecordProducer, type OutgoingRecord, type RecordDone } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { StoreError, type ReplayEntity, type ReplayPosition, type ReplayProgress } from '@fleethook/store';
import { ReplayRun, type ReplayRunPorts } from './replay-run.js';
import { ReplaySink } from './replay-sink.js';
import { ReplaySource, type ReplayItem } from './replay-source.js';

const organization = newOrganizationPrn();
const webhook = newPrn(organization, 'webhook');
const observed = { log: createLog({ app: 'test', level: 'silent', format: 'json' }), metrics: createMetrics() };
const TOPIC = 'log';

/** Acknowledges after a while; some only at the second try. */
class MoodyProducer extends RecordProducer {
  readonly acknowledged: string[] = [];
  #count = 0;

  constructor(
    private readonly failEvery: number,
    private readonly delaysMs: readonly number[],
  ) {
    super();
  }

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    this.#count += 1;
    const count = this.#count;
    setTimeout(
      () => {
        if (count % this.failEvery === 0) {
          onDone(new KafkaError('KAFKA_UNAVAILABLE', 'as the test has it'));
          return;
        }
        this.acknowledged.push(record.headers['event'] ?? '');
        onDone(undefined);
      },
      this.delaysMs[count % this.delaysMs.length],
    );
  }
}

/** Offsets from 0 to `end`; those that are divisible by `every` are wanted. */
class NumberedSource extends ReplaySource {
  constructor(
    private readonly events: readonly DeliveryMessage[],
    private readonly every: number,
  ) {
    super();
  }

  override open(position: ReplayPosition): Promise<number> {
    position.topics ??= { [TOPIC]: [[0, 0, this.events.length]] };
    return Promise.resolve(this.events.length);
  }

  override async *items(position: ReplayPosition, signal: AbortSignal): AsyncGenerator<readonly ReplayItem[]> {
    const place = position.topics?.[TOPIC]?.[0] ?? [0, 0, 0];
    while (place[1] < place[2] && !signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const start = place[1];
      yield this.events.slice(start, start + 10).map((event, index) => ({
        scanned: 1,
        skipped: 0,
        delivery: (start + index) % this.every === 0 ? event : undefined,
        pass: () => void (place[1] = start + index + 1),
      }));
    }
  }
}

function replayEntity(): ReplayEntity {
  const now = new Date();
  return {
    prn: newPrn(organization, 'replay'),
    organizationPrn: organization,
    webhookPrn: webhook,
    source: 'log',
    from: now,
    to: now,
    filter: {},
    ratePerSecond: 1_000,
    dryRun: false,
    state: 'running',
    reason: null,
    position: {},
    scanned: 0,
    matched: 0,
    sent: 0,
    skipped: 0,
    total: null,
    runner: null,
    insertedAt: now,
    updatedAt: now,
    startedAt: null,
    endedAt: null,
  };
}

function events(count: number): DeliveryMessage[] {
  return Array.from({ length: count }, () => ({
    event: newPrn(organization, 'event'),
    name: parseEventName('device.connected'),
    webhook,
    lane: 0,
    acceptedAtMs: 1,
    attempt: 1,
    body: Buffer.from('{}'),
  }));
}

describe('a run of a replay', () => {
  it('saves nothing that Kafka does not have, and loses nothing however often it is killed', async () => {
    const lives = fc.record({
      count: fc.integer({ min: 1, max: 120 }),
      every: fc.integer({ min: 1, max: 5 }),
      failEvery: fc.integer({ min: 3, max: 50 }),
      delaysMs: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 }),
      livesMs: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
      storeFailsEvery: fc.integer({ min: 2, max: 6 }),
      stopsCleanly: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(lives, async ({ count, every, failEvery, delaysMs, livesMs, storeFailsEvery, stopsCleanly }) => {
        const all = events(count);
        const wanted = all.filter((_event, index) => index % every === 0).map(({ event }) => event as string);
        const producer = new MoodyProducer(failEvery, delaysMs);
        const replay = replayEntity();
        let saves = 0;
        const live = async (lifeMs: number): Promise<unknown> => {
          const stop = new AbortController();
          let isKilled = false;
          const ports: ReplayRunPorts = {
            save: (progress: ReplayProgress) => {
              saves += 1;
              if (isKilled || saves % storeFailsEvery === 0)
                return Promise.reject(new StoreError('DATABASE_UNAVAILABLE', 'as the test has it'));
              const upTo = progress.position.topics?.[TOPIC]?.[0]?.[1] ?? 0;
              const below = all.slice(0, upTo).filter((_event, index) => index % every === 0);
              for (const { event } of below) expect(producer.acknowledged).toContain(event);
              expect([progress.scanned, progress.matched, progress.sent]).toEqual([upTo, below.length, below.length]);
              Object.assign(replay, structuredClone(progress));
              return Promise.resolve('running');
            },
            obstacle: () => Promise.resolve(undefined),
          };
          const sink = new ReplaySink(producer, 'series', observed, stop.signal, () => undefined);
          const source = new NumberedSource(all, every);
          const run = new ReplayRun(replay, [source], sink, ports, observed, stop.signal, {
            saveIntervalMs: 5,
            storeRetryMs: 1,
          });
          const timer = setTimeout(() => {
            isKilled = !stopsCleanly;
            stop.abort();
          }, lifeMs);
          const end = await run.run();
          clearTimeout(timer);
          return end;
        };
        for (const lifeMs of livesMs) await live(lifeMs);
        expect(await live(60_000)).toEqual({ state: 'completed', reason: null });
        expect([...new Set(producer.acknowledged)].toSorted()).toEqual(wanted.toSorted());
        expect(replay).toMatchObject({ scanned: count, matched: wanted.length, sent: wanted.length, total: count });
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});

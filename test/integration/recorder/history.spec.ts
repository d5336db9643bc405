import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import type { AttemptMessage, DeadDelivery } from '@fleethook/messages';
import { attemptFact, deathFact, type DeliveryRecord, type WriteResult } from '@fleethook/store';
import * as fc from 'fast-check';
import { attemptMessage, failedAttempt, someSeries } from '../../support/facts.js';
import { HistoryWorld } from './history-world.js';

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;

let world: HistoryWorld;
beforeAll(async () => {
  world = await HistoryWorld.create();
});
afterAll(() => world[Symbol.asyncDispose]());

function write(...attempts: AttemptMessage[]): Promise<WriteResult> {
  return world.writer.write(attempts.map(attemptFact), { nowMs: Date.now(), retentionMs: RETENTION_MS });
}

async function rowOf(attempt: AttemptMessage): Promise<DeliveryRecord | undefined> {
  const rows = await world.queries.delivery(attempt.webhook, attempt.delivery, 100);
  return rows.find((row) => row.series === (attempt.series ?? '') && row.acceptedAt.getTime() === attempt.acceptedAtMs);
}

/** All of a row but whose it is. */
const factsOf = (row: DeliveryRecord | undefined) => ({ ...row, delivery: '', event: '', webhook: '' });

const daysOf = async (table: string): Promise<string[]> => {
  const rows = await world.database.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  );
  return rows.map(({ name }) => name).toSorted();
};
const dayName = (table: string, atMs: number): string =>
  `${table}_${new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '')}`;

describe('writing history', () => {
  it('keeps every field of an attempt, and what it says of its delivery', async () => {
    const attempt = failedAttempt({
      latencyMs: 12.25,
      stage: 'headers',
      excerpt: 'a "quoted" \\ line\n{brace,comma} NULL é 😀',
      detail: '',
    });
    await write(attempt);
    const row = await rowOf(attempt);
    expect(row).toMatchObject({
      webhook: attempt.webhook,
      event: attempt.event,
      name: attempt.name,
      status: 'pending',
      attemptCount: 1,
      outcome: 'http_status',
      responseStatus: 500,
      lastAttemptedAt: new Date(attempt.startedAtMs),
      nextAttemptAt: new Date(attempt.startedAtMs + 5_000),
    });
    expect(row === undefined ? [] : await world.queries.attempts([row])).toEqual([
      {
        delivery: attempt.delivery,
        series: '',
        attempt: 1,
        startedAt: new Date(attempt.startedAtMs),
        latencyMs: 12.25,
        outcome: 'http_status',
        stage: 'headers',
        status: 500,
        address: '203.0.113.7',
        excerpt: attempt.excerpt,
        detail: '',
        nextTier: '5s',
        nextDueAt: new Date(attempt.startedAtMs + 5_000),
        deadReason: undefined,
      },
    ]);
  });

  it('writes a repeated record once, and changes nothing by it', async () => {
    const attempt = attemptMessage();
    expect(await write(attempt)).toMatchObject({ attempts: 1, deliveries: 1 });
    expect(await write(attempt, attempt)).toMatchObject({ attempts: 0, deliveries: 0 });
    const row = await rowOf(attempt);
    expect(row === undefined ? [] : await world.queries.attempts([row])).toHaveLength(1);
  });

  it('keeps both when an attempt was made twice', async () => {
    const attempt = attemptMessage();
    const again = { ...attempt, startedAtMs: attempt.startedAtMs + 900 };
    await write(attempt, again);
    const row = await rowOf(attempt);
    expect(row === undefined ? [] : await world.queries.attempts([row])).toHaveLength(2);
    expect(row).toMatchObject({ status: 'delivered', attemptCount: 1 });
  });

  it('counts a delivery that was answered with success again, in one batch or in two, and no repeated record', async () => {
    const attempt = attemptMessage();
    const again = { ...attempt, startedAtMs: attempt.startedAtMs + 900 };
    expect(await write(attempt)).toMatchObject({ repeated: 0 });
    expect(await write(attempt)).toMatchObject({ repeated: 0 });
    expect(await write(again)).toMatchObject({ repeated: 1 });
    const other = attemptMessage();
    expect(await write(other, { ...other, startedAtMs: other.startedAtMs + 900 }, other)).toMatchObject({
      repeated: 1,
    });
    // A failure before, or another series, is nobody's duplicate.
    const failed = failedAttempt();
    await write(failed);
    const retried = { ...attemptMessage(), ...failed, attempt: 2, outcome: 'delivered', status: 200 } as const;
    const resent = { ...retried, attempt: 1, startedAtMs: failed.startedAtMs + 900, series: someSeries() };
    expect(await write({ ...retried, next: { kind: 'none' } })).toMatchObject({ repeated: 0 });
    expect(await write({ ...resent, next: { kind: 'none' } })).toMatchObject({ repeated: 0 });
  });

  it('keeps a resend apart from the first series', async () => {
    const attempt = failedAttempt();
    const resent = { ...attemptMessage(), ...attempt, series: someSeries(), outcome: 'delivered', status: 200 };
    await write(attempt);
    await write({ ...resent, next: { kind: 'none' } });
    expect((await rowOf(attempt))?.status).toBe('pending');
    expect((await rowOf(resent))?.status).toBe('delivered');
  });

  it('shows a dead delivery as failed, and a success after all as delivered', async () => {
    const attempt = failedAttempt();
    const dead: DeadDelivery = {
      kind: 'delivery',
      deadReason: 'webhook_deleted',
      diedAtMs: Date.now(),
      delivery: { ...attempt, lane: 0, body: Buffer.from('{}') },
    };
    await world.writer.write([deathFact(dead)], { nowMs: Date.now(), retentionMs: RETENTION_MS });
    await write(attempt);
    expect(await rowOf(attempt)).toMatchObject({ status: 'failed', deadReason: 'webhook_deleted', attemptCount: 1 });
    await write({ ...attempt, attempt: 2, outcome: 'delivered', status: 204, next: { kind: 'none' } });
    expect(await rowOf(attempt)).toMatchObject({ status: 'delivered', attemptCount: 2, deadReason: undefined });
  });

  it('ends with the same row whatever the order, the batching and the repeats', async () => {
    const step = fc.record({
      attempt: fc.integer({ min: 1, max: 3 }),
      startedAtMs: fc.integer({ min: 1, max: 5 }),
      outcome: fc.constantFrom('delivered', 'http_status', 'timeout'),
      status: fc.constantFrom(200, 500),
      next: fc.constantFrom<AttemptMessage['next']>(
        { kind: 'none' },
        { kind: 'retry', tier: '5s', dueAtMs: Date.now() },
        { kind: 'dead', reason: 'gone' },
        { kind: 'dead', reason: 'horizon_reached' },
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(step, { minLength: 1, maxLength: 5 })
          .chain((steps) =>
            fc.tuple(
              fc.constant(steps),
              fc.shuffledSubarray([...steps, ...steps], { minLength: 2 * steps.length }),
              fc.integer({ min: 1, max: 4 }),
            ),
          ),
        async ([steps, shuffled, batchSize]) => {
          const [one, other] = [attemptMessage({ latencyMs: 1 }), attemptMessage({ latencyMs: 1 })];
          const baseMs = one.acceptedAtMs;
          const made = (of: AttemptMessage, all: typeof steps): AttemptMessage[] =>
            all.map((changes) => ({
              ...of,
              acceptedAtMs: baseMs,
              ...changes,
              startedAtMs: baseMs + changes.startedAtMs,
            }));
          // Folded in TypeScript in one batch; merged in SQL in many.
          await write(...made(one, steps));
          const rest = made(other, shuffled);
          while (rest.length > 0) await write(...rest.splice(0, batchSize));
          expect(factsOf(await rowOf({ ...other, acceptedAtMs: baseMs }))).toEqual(
            factsOf(await rowOf({ ...one, acceptedAtMs: baseMs })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('facts that cannot be history', () => {
  it('leaves out the one that PostgreSQL refuses, and writes the others', async () => {
    const good = Array.from({ length: 9 }, () => attemptMessage());
    const bad = attemptMessage({ attempt: 3_000_000_000 });
    const result = await write(...good.slice(0, 4), bad, ...good.slice(4));
    expect(result).toMatchObject({ attempts: 9, deliveries: 9 });
    expect(result.refused.map(({ fact }) => fact.attempt?.delivery)).toEqual([bad.delivery]);
  });

  it('drops NUL, which PostgreSQL cannot hold', async () => {
    const attempt = attemptMessage({ excerpt: 'a\0b' });
    expect(await write(attempt)).toMatchObject({ attempts: 1, refused: [] });
  });

  it('does not make a day for what nobody keeps or what cannot be true', async () => {
    const nowMs = Date.now();
    const old = attemptMessage({ acceptedAtMs: nowMs - 40 * DAY_MS, startedAtMs: nowMs - 40 * DAY_MS });
    const ahead = attemptMessage({ acceptedAtMs: nowMs + 400 * DAY_MS });
    expect(await write(old, ahead)).toMatchObject({ attempts: 1, deliveries: 0, outOfRange: 2 });
  });
});

describe('days', () => {
  it('are made ahead, by any number of recorders at once', async () => {
    const nowMs = Date.now();
    const others = [world.partitions, world.anotherPartitions(), world.anotherPartitions()];
    await Promise.all(others.map((partitions) => partitions.upkeep(nowMs, RETENTION_MS)));
    for (const table of ['attempts', 'deliveries', 'events', 'event_counts'])
      expect(await daysOf(table)).toEqual(
        expect.arrayContaining([dayName(table, nowMs - 3 * DAY_MS), dayName(table, nowMs + 7 * DAY_MS)]),
      );
  });

  it('are made on demand for what was accepted earlier', async () => {
    const acceptedAtMs = Date.now() - 20 * DAY_MS;
    expect(await write(attemptMessage({ acceptedAtMs }))).toMatchObject({ deliveries: 1 });
    expect(await daysOf('deliveries')).toContain(dayName('deliveries', acceptedAtMs));
  });

  it('are dropped whole when they ended longer ago than the retention, and not before', async () => {
    const nowMs = Date.now();
    const lastKept = nowMs - 25 * DAY_MS;
    const firstGone = nowMs - 26 * DAY_MS;
    await write(attemptMessage({ acceptedAtMs: firstGone }), attemptMessage({ acceptedAtMs: lastKept }));
    const { dropped } = await world.partitions.upkeep(nowMs, 25 * DAY_MS);
    expect(dropped).toContain(dayName('deliveries', firstGone));
    expect(await daysOf('deliveries')).toContain(dayName('deliveries', lastKept));
    expect(await daysOf('deliveries')).not.toContain(dayName('deliveries', firstGone));
  });

  it('are kept by a recorder whose clock runs ahead', async () => {
    const nowMs = Date.now();
    await write(attemptMessage({ acceptedAtMs: nowMs }));
    const { dropped } = await world.partitions.upkeep(nowMs + 400 * DAY_MS, RETENTION_MS);
    expect(dropped).not.toContain(dayName('deliveries', nowMs));
    expect(await daysOf('deliveries')).toContain(dayName('deliveries', nowMs));
  });

  it('are found missing when another process dropped one, and made again', async () => {
    const acceptedAtMs = Date.now() - 10 * DAY_MS;
    await write(attemptMessage({ acceptedAtMs }));
    await world.database.query(`DROP TABLE ${dayName('deliveries', acceptedAtMs)}`);
    expect(await write(attemptMessage({ acceptedAtMs }))).toMatchObject({ deliveries: 1 });
  });
});

describe('reading history', () => {
  it('lists a webhook newest first, page by page, by status', async () => {
    const webhook = newPrn(newOrganizationPrn(), 'webhook');
    const nowMs = Date.now();
    // Several share a millisecond, so that pages end between equals.
    const attempts = Array.from({ length: 23 }, (_, index) =>
      index % 3 === 0
        ? failedAttempt({ webhook, acceptedAtMs: nowMs - Math.floor(index / 4) })
        : attemptMessage({ webhook, acceptedAtMs: nowMs - Math.floor(index / 4) }),
    );
    await write(...attempts, attemptMessage());
    const pages: DeliveryRecord[] = [];
    for (;;) {
      const page = await world.queries.deliveries({ webhook, limit: 5, after: pages.at(-1) });
      pages.push(...page);
      if (page.length < 5) break;
    }
    expect(new Set(pages.map(({ delivery }) => delivery)).size).toBe(23);
    expect(pages.map(({ acceptedAt }) => acceptedAt.getTime())).toEqual(
      attempts.map(({ acceptedAtMs }) => acceptedAtMs).toSorted((a, b) => b - a),
    );
    const pending = await world.queries.deliveries({ webhook, limit: 100, status: 'pending' });
    expect(pending).toHaveLength(8);
    expect(await world.queries.deliveries({ webhook, limit: 100, status: 'delivered' })).toHaveLength(15);
    expect(await world.queries.deliveries({ webhook, limit: 100, status: 'failed' })).toHaveLength(0);
  });

  it("does not answer another webhook's delivery", async () => {
    const attempt = attemptMessage();
    await write(attempt);
    expect(await world.queries.delivery(attemptMessage().webhook, attempt.delivery, 100)).toEqual([]);
  });
});

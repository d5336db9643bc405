import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';
import { attemptFact, deathFact, HOUR_MS, STRUGGLING_TRIES } from '@fleethook/store';
import * as fc from 'fast-check';
import { attemptMessage, failedAttempt } from '../../support/facts.js';
import { HistoryWorld } from './history-world.js';

const RETENTION_MS = 30 * 24 * HOUR_MS;
const organization = newOrganizationPrn();
const startMs = Math.floor(Date.now() / HOUR_MS - 96) * HOUR_MS;

let world: HistoryWorld;
beforeAll(async () => {
  world = await HistoryWorld.create();
});
afterAll(() => world[Symbol.asyncDispose]());

interface HealthRow {
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_horizon_at: Date | null;
  failing_hours: Date[];
  struggling_at: Date | null;
  struggling_delivery: string | null;
  struggling_outcome: string | null;
  struggling_status: number | null;
}

async function healthOf(webhook: string): Promise<HealthRow | undefined> {
  const [row] = await world.database.query<HealthRow>(
    `SELECT last_success_at, last_failure_at, last_horizon_at, failing_hours,
       struggling_at, struggling_delivery, struggling_outcome, struggling_status
     FROM webhook_health WHERE webhook_prn = $1`,
    [webhook],
  );
  return row;
}

async function write(...attempts: AttemptMessage[]): Promise<void> {
  await world.writer.write(attempts.map(attemptFact), { nowMs: Date.now(), retentionMs: RETENTION_MS });
}

describe('the health of a webhook', () => {
  it('is what its attempts come to, whatever their order, their batches and their repeats', async () => {
    const step = fc.record({
      atMs: fc.integer({ min: 0, max: 40 }).map((quarters) => startMs + (quarters * HOUR_MS) / 4),
      kind: fc.constantFrom('delivered' as const, 'http_status' as const, 'timeout' as const, 'horizon' as const),
      attempt: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
        async (steps, repeats, sizes) => {
          const webhook = newPrn(organization, 'webhook');
          const attempts = steps.map(({ atMs, kind, attempt }) => attemptOf(webhook, atMs, kind, attempt));
          const queue = [...attempts, ...repeats.flatMap((index) => attempts[index] ?? [])];
          for (const size of [...sizes, queue.length]) {
            const batch = queue.splice(0, size);
            if (batch.length > 0) await write(...batch);
          }
          expect(await healthOf(webhook)).toEqual(naiveHealth(attempts));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('knows of a horizon that was used up without a further attempt', async () => {
    const attempt = failedAttempt();
    await write(attempt);
    const diedAtMs = attempt.startedAtMs + 1_000;
    const delivery = { ...attempt, lane: 0, body: Buffer.from('{}') };
    await world.writer.write(
      [
        deathFact({ kind: 'delivery', deadReason: 'horizon_reached', diedAtMs, delivery }),
        deathFact({ kind: 'delivery', deadReason: 'webhook_disabled', diedAtMs: diedAtMs + 1, delivery }),
      ],
      { nowMs: Date.now(), retentionMs: RETENTION_MS },
    );
    expect(await healthOf(attempt.webhook)).toMatchObject({ last_horizon_at: new Date(diedAtMs) });
  });

  it('is not what a clock that runs ahead says of it, a year from now or ten minutes', async () => {
    const nowMs = Date.now();
    for (const aheadMs of [365 * 24 * HOUR_MS, HOUR_MS / 6]) {
      const webhook = newPrn(organization, 'webhook');
      const at = (startedAtMs: number, kind: Kind) => attemptOf(webhook, startedAtMs, kind, STRUGGLING_TRIES);
      const failed = [at(nowMs - HOUR_MS, 'timeout'), at(nowMs, 'http_status')];
      await write(at(nowMs + aheadMs, 'delivered'), ...failed.slice(0, 1));
      await write(at(nowMs + aheadMs, 'horizon'));
      await write(...failed.slice(1));
      expect(await healthOf(webhook)).toEqual(naiveHealth(failed));
    }
  });

  it('is set right by the next fact where it was believed before', async () => {
    const webhook = newPrn(organization, 'webhook');
    const nowMs = Date.now();
    const known = attemptOf(webhook, nowMs - HOUR_MS, 'timeout', STRUGGLING_TRIES);
    await write(known);
    await world.database.query(
      `UPDATE webhook_health SET last_success_at = '2099-01-01', last_failure_at = '2099-01-02', last_horizon_at = '2099-01-02',
         failing_hours = failing_hours || '{2099-01-02}', struggling_at = '2099-01-02' WHERE webhook_prn = $1`,
      [webhook],
    );
    const next = attemptOf(webhook, nowMs, 'horizon', STRUGGLING_TRIES);
    await write(next);
    expect(await healthOf(webhook)).toEqual(naiveHealth([known, next]));
  });

  it('is found through an index of failing webhooks only', async () => {
    await world.database.query(
      `INSERT INTO webhook_health (webhook_prn, last_success_at, failing_hours)
       SELECT 'healthy:' || n, now(), '{}' FROM generate_series(1, 50000) AS n`,
    );
    await world.database.query('ANALYZE webhook_health');
    const plan = await world.database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT webhook_prn FROM webhook_health
       WHERE (failing_hours <> '{}' OR struggling_at IS NOT NULL) AND webhook_prn > '' ORDER BY webhook_prn LIMIT 500`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('webhook_health_failing');
    expect(text).not.toContain('Seq Scan');
  });
});

type Kind = 'delivered' | 'http_status' | 'timeout' | 'horizon';

function attemptOf(
  webhook: AttemptMessage['webhook'],
  startedAtMs: number,
  kind: Kind,
  attempt: number,
): AttemptMessage {
  const rest = { webhook, startedAtMs, acceptedAtMs: startMs, attempt };
  switch (kind) {
    case 'delivered':
      return attemptMessage(rest);
    case 'http_status':
      return failedAttempt({ ...rest, status: 400 + attempt });
    case 'timeout':
      return failedAttempt({ ...rest, outcome: 'timeout', stage: 'headers', status: undefined });
    case 'horizon':
      return failedAttempt({ ...rest, next: { kind: 'dead', reason: 'horizon_reached' } });
  }
}

/** All attempts looked at together, as a person would. */
function naiveHealth(attempts: readonly AttemptMessage[]): HealthRow {
  const successes = attempts.filter(({ outcome }) => outcome === 'delivered').map(({ startedAtMs }) => startedAtMs);
  const failed = attempts.filter(({ outcome }) => outcome !== 'delivered');
  const failures = failed.map(({ startedAtMs }) => startedAtMs);
  const horizons = failed.flatMap(({ next, startedAtMs, latencyMs }) =>
    next.kind === 'dead' ? [startedAtMs + Math.round(latencyMs)] : [],
  );
  const lastSuccess = Math.max(0, ...successes);
  const hours = new Map<number, number>();
  for (const atMs of failures.toSorted((one, other) => one - other))
    if (atMs > lastSuccess) hours.set(Math.floor(atMs / HOUR_MS), atMs);
  const [struggling] = failed
    .filter(({ attempt, startedAtMs }) => attempt >= STRUGGLING_TRIES && startedAtMs > lastSuccess - 24 * HOUR_MS)
    .toSorted((one, other) => other.startedAtMs - one.startedAtMs || (one.delivery < other.delivery ? 1 : -1));
  return {
    last_success_at: latest(successes),
    last_failure_at: latest(failures),
    last_horizon_at: latest(horizons),
    failing_hours: [...hours.values()].map((atMs) => new Date(atMs)),
    struggling_at: struggling === undefined ? null : new Date(struggling.startedAtMs),
    struggling_delivery: struggling?.delivery ?? null,
    struggling_outcome: struggling?.outcome ?? null,
    struggling_status: struggling?.status ?? null,
  };
}

function latest(timesMs: readonly number[]): Date | null {
  return timesMs.length === 0 ? null : new Date(Math.max(...timesMs));
}

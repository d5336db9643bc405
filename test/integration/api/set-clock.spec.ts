import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { createLog, createMetrics } from '@fleethook/observability';
import { Outbox, ReplayRunQueries, type GoingReplay } from '@fleethook/store';
import { DisableRuleJob } from '../../../apps/api/src/failing/disable-rule.job.js';
import { FailingEndpoints } from '../../../apps/api/src/failing/failing-endpoints.js';
import { EventRelay } from '../../../apps/api/src/outbox/event.relay.js';
import { ConfigPublisher, OutboxRelay } from '../../../apps/api/src/outbox/outbox.relay.js';
import { OutboxSweep } from '../../../apps/api/src/outbox/outbox.sweep.js';
import { KnownEnablings } from '../../../apps/api/src/replays/run/known-enablings.js';
import { ReplayRunner } from '../../../apps/api/src/replays/run/replay-runner.js';
import { ReplayRuns } from '../../../apps/api/src/replays/run/replay-runs.js';
import { eventually } from '../../support/eventually.js';
import { ScratchDatabase } from '../../support/scratch-database.js';

const HOUR_MS = 3_600_000;
const WITHIN = { withinMs: 20_000 };
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

let database: ScratchDatabase;
/** How often it was done. */
let times: number;

beforeAll(async () => {
  database = await ScratchDatabase.create();
});
beforeEach(() => {
  times = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => database[Symbol.asyncDispose]());

/** What the jobs need of others, and no more. */
function only<T extends object>(
  type: abstract new (...parameters: never[]) => T,
  has: Partial<Record<keyof T, unknown>>,
): T {
  return Object.create(type.prototype as object, Object.getOwnPropertyDescriptors(has)) as T;
}

const noted = (): Promise<number> => Promise.resolve(++times);
const interrupted = (): Promise<never> => Promise.reject(new Error(`interrupted, ${++times}`));

interface Job {
  start(): void;
  beforeApplicationShutdown(): Promise<void>;
}

/** Done once, then the clock is set back. @returns how often it was done after that: a second time is by what was measured since */
async function timesAfter(job: Job): Promise<number> {
  job.start();
  try {
    await eventually(() => expect(times).toBeGreaterThan(0), WITHIN);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() - HOUR_MS);
    const before = times;
    await eventually(() => expect(times).toBeGreaterThan(before + 1), WITHIN);
    return times - before;
  } finally {
    await job.beforeApplicationShutdown();
  }
}

describe('when the clock is set back by an hour', () => {
  it('the configuration topic is compared again in its interval', async () => {
    const relay = new OutboxRelay(
      only(Outbox, { waiting: () => Promise.resolve([]) }),
      only(OutboxSweep, { run: noted }),
      only(ConfigPublisher, {}),
      only(EventRelay, { begin: () => undefined, idle: () => Promise.resolve() }),
      { databaseUrl: database.url, pollIntervalMs: 10, sweepIntervalMs: 100 },
      log,
      createMetrics(),
    );
    expect(await timesAfter(relay)).toBeGreaterThan(1);
  });

  it('warnings are tidied again in their interval', async () => {
    const job = new DisableRuleJob(
      only(FailingEndpoints, { judgeAll: () => Promise.resolve(), tidy: noted }),
      { databaseUrl: database.url, intervalMs: 10, tidyIntervalMs: 100, now: () => Date.now() },
      log,
      createMetrics(),
    );
    expect(await timesAfter(job)).toBeGreaterThan(1);
  });

  it('a replay that was interrupted goes on after its wait', async () => {
    const organization = newOrganizationPrn();
    const replay = {
      prn: newPrn(organization, 'replay'),
      organizationPrn: organization,
      source: 'log',
      webhookPrn: newPrn(organization, 'webhook'),
      insertedAt: new Date(),
    } as GoingReplay;
    const runner = new ReplayRunner(
      only(ReplayRunQueries, { going: () => Promise.resolve([replay]) }),
      only(ReplayRuns, { run: interrupted, remaining: 0, scope: 0 }),
      only(KnownEnablings, { endWindows: () => Promise.resolve(), allow: () => true }),
      { databaseUrl: database.url, pollIntervalMs: 10, maxRunning: 1, maxRunningPerOrganization: 1, turnMs: 1_000 },
      log,
      createMetrics(),
    );
    expect(await timesAfter(runner)).toBeGreaterThan(1);
  });
});

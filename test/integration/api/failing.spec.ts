import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogue, compileSchema, type Prn } from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { attemptFact, HistoryPartitions, HistoryWriter, HOUR_MS } from '@fleethook/store';
import { DisableRuleJob } from '../../../apps/api/src/failing/disable-rule.job.js';
import { FailingEndpoints } from '../../../apps/api/src/failing/failing-endpoints.js';
import { attemptMessage, failedAttempt } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import { WebhookClient, WHOLE_SECONDS } from './webhook-client.js';

interface Warning {
  id: string;
  webhook_prn: string;
  kind: string;
  message: string;
  failing_since: string | null;
  disables_at: string | null;
  disabled_by: string | null;
  delivery_id: string | null;
  request_failed: { type: string; data: unknown } | null;
  inserted_at: string;
}

let client: WebhookClient;
let writer: HistoryWriter;

beforeAll(async () => {
  client = await WebhookClient.create();
  writer = new HistoryWriter(client.world.store, new HistoryPartitions(client.world.store));
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

/** As the recorder does. */
async function record(...attempts: AttemptMessage[]): Promise<void> {
  const nowMs = Math.max(...attempts.map(({ startedAtMs }) => startedAtMs));
  await writer.write(attempts.map(attemptFact), { nowMs, retentionMs: 365 * 24 * HOUR_MS });
}

const judge = (nowMs: number): Promise<void> => client.world.app.get(FailingEndpoints).judgeAll(nowMs);

/** As if it had been created a hundred hours ago. */
async function webhook(): Promise<{ prn: Prn<'webhook'>; enabledAtMs: number }> {
  const { prn } = await client.created();
  const enabledAtMs = Date.now() - 100 * HOUR_MS;
  await client.world.database.query('UPDATE webhooks SET enabled_at = $2 WHERE prn = $1', [prn, new Date(enabledAtMs)]);
  return { prn: prn as Prn<'webhook'>, enabledAtMs };
}

async function setDisableAfter(text: string): Promise<void> {
  const reply = await client.call('PATCH', '/organization', { body: { disable_after: text } });
  expect(reply).toMatchObject({ status: 200, json: { organization: { disable_after: text } } });
}

async function shown(prn: string): Promise<Record<string, unknown> & { warnings: Warning[] }> {
  const reply = await client.call('GET', `/webhooks/${prn}`);
  return (reply.json as { webhook: Record<string, unknown> & { warnings: Warning[] } }).webhook;
}

async function warnings(query = ''): Promise<{ warnings: Warning[]; next_page: string | null }> {
  const reply = await client.call('GET', `/warnings?${query}`);
  expect(reply.status).toBe(200);
  return reply.json as { warnings: Warning[]; next_page: string | null };
}

const kinds = async (prn: string): Promise<string[]> =>
  (await warnings(`webhook_prn=${encodeURIComponent(prn)}`)).warnings.map(({ kind }) => kind);

/** Down from the first minute on: fails every hour, four times as one delivery first, and at last for good. */
function downFor(prn: Prn<'webhook'>, fromMs: number, hours: number): AttemptMessage[] {
  const first = failedAttempt({ webhook: prn, startedAtMs: fromMs, acceptedAtMs: fromMs });
  const attempts = Array.from({ length: hours + 1 }, (_, hour) => {
    const startedAtMs = fromMs + hour * HOUR_MS;
    const next = { kind: 'retry' as const, tier: '1h', dueAtMs: startedAtMs + HOUR_MS };
    return { ...first, attempt: hour + 1, startedAtMs, next };
  });
  return attempts;
}

function usedUp(attempt: AttemptMessage): AttemptMessage {
  return { ...attempt, attempt: 90, next: { kind: 'dead', reason: 'horizon_reached' } };
}

describe('a webhook whose endpoint fails', () => {
  it('is warned of once per step, then disabled, then starts anew when it is enabled', async () => {
    const { prn, enabledAtMs } = await webhook();
    const fromMs = enabledAtMs + 60_000;
    const down = downFor(prn, fromMs, 72);
    await record(...down.slice(0, 3));
    await judge(fromMs + 2.5 * HOUR_MS);
    expect(await kinds(prn)).toEqual([]);
    expect(await shown(prn)).toMatchObject({ failing_since: expect.stringMatching(WHOLE_SECONDS), warnings: [] });

    const told: string[] = [];
    for (const [hours, kind] of [
      [4, 'delivery_failing'],
      [37, 'disabling_50_percent'],
      [52, 'disabling_70_percent'],
      [66, 'disabling_90_percent'],
    ] as const) {
      await record(...down.slice(0, hours));
      await judge(fromMs + hours * HOUR_MS);
      await judge(fromMs + hours * HOUR_MS + 60_000);
      told.unshift(kind);
      expect(await kinds(prn)).toEqual(told);
    }
    const { state, warnings: onIt } = await shown(prn);
    expect(state).toBe('enabled');
    expect(onIt.map(({ kind }) => kind)).toEqual(told);

    const last = down.at(-1) ?? failedAttempt();
    await judge(fromMs + 73 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'enabled' });
    await record(...down, usedUp(last));
    await judge(fromMs + 73 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'disabled', disabled_by: 'failing' });
    expect(await kinds(prn)).toEqual(['disabled', ...told]);
    await using configuration = await client.world.configuration();
    await eventually(() => expect(configuration.messages.get(prn)).toMatchObject({ state: 'disabled' }), {
      withinMs: 30_000,
    });
    await judge(fromMs + 80 * HOUR_MS);
    expect(await kinds(prn)).toHaveLength(5);
    const operators = client.world.logLines.filter((line) => line.includes(prn) && line.includes('"level":40'));
    expect(operators.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      ...told.map(() => 'webhook.warned'),
      'webhook.disabled',
    ]);
    // Nothing of it went through a webhook.
    expect(client.receiver.requests.filter(({ body }) => body.includes('request_failed'))).toEqual([]);

    const enabled = await client.call('PATCH', `/webhooks/${prn}`, { body: { prn, state: 'enabled' } });
    expect(enabled.status).toBe(200);
    expect(await shown(prn)).toMatchObject({ state: 'enabled', failing_since: null, warnings: [] });
    await judge(fromMs + 200 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'enabled' });
    expect(await kinds(prn)).toHaveLength(5);
  });

  it('is forgiven everything by one success', async () => {
    const { prn, enabledAtMs } = await webhook();
    const fromMs = enabledAtMs + 60_000;
    const down = downFor(prn, fromMs, 73);
    const last = down.at(-1) ?? failedAttempt();
    const success = attemptMessage({ webhook: prn, startedAtMs: last.startedAtMs + 1, acceptedAtMs: fromMs });
    await record(success);
    await record(...down, usedUp(last));
    await judge(fromMs + 80 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'enabled', failing_since: null });
  });

  it('is judged by what its organization wants', async () => {
    const { prn, enabledAtMs } = await webhook();
    const fromMs = enabledAtMs + 60_000;
    const down = downFor(prn, fromMs, 30);
    await record(...down, usedUp(down.at(-1) ?? failedAttempt()));
    await setDisableAfter('never');
    await judge(fromMs + 1_000 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'enabled' });
    await setDisableAfter('24h');
    await judge(fromMs + 31 * HOUR_MS);
    expect(await shown(prn)).toMatchObject({ state: 'disabled', disabled_by: 'failing' });
    await setDisableAfter('72h');
  });

  it('is forgotten when it was deleted', async () => {
    const { prn } = await webhook();
    await record(failedAttempt({ webhook: prn }));
    await client.call('DELETE', `/webhooks/${prn}`);
    await record(failedAttempt({ webhook: prn }));
    await client.world.app.get(FailingEndpoints).tidy();
    expect(await client.world.database.query('SELECT 1 FROM webhook_health WHERE webhook_prn = $1', [prn])).toEqual([]);
  });
});

describe('GET /warnings', () => {
  it('tells what fails in the form of webhook.request_failed, and pages through all, newest first', async () => {
    const { prn, enabledAtMs } = await webhook();
    const fromMs = enabledAtMs + 60_000;
    await record(...downFor(prn, fromMs, 4));
    await judge(fromMs + 4 * HOUR_MS);
    await judge(fromMs + 40 * HOUR_MS);
    const of = `webhook_prn=${encodeURIComponent(prn)}`;
    const all = await warnings(of);
    expect(all.next_page).toBeNull();
    expect(all.warnings.map(({ kind }) => kind)).toEqual(['disabling_50_percent', 'delivery_failing']);
    const [clock, failing] = all.warnings;
    expect(clock).toMatchObject({
      webhook_prn: prn,
      failing_since: expect.stringMatching(WHOLE_SECONDS),
      disables_at: expect.stringMatching(WHOLE_SECONDS),
      disabled_by: null,
      request_failed: null,
      message: expect.stringContaining('50 %'),
    });
    const payload = failing?.request_failed ?? {};
    expect(payload).toEqual({ type: 'response_status', data: { webhook: { prn }, status: 500 } });
    expect(compileSchema(catalogue.get('webhook.request_failed')?.schema ?? {})(payload)).toBeUndefined();
    expect(failing?.delivery_id).toMatch(/^[0-9a-f-]{36}$/);

    const first = await warnings(`${of}&limit=1`);
    expect(first.warnings).toEqual([clock]);
    const second = await warnings(`${of}&limit=1&page=${first.next_page}`);
    expect(second).toEqual({ warnings: [failing], next_page: null });
    expect((await warnings(`${of}&kind=delivery_failing`)).warnings).toEqual([failing]);
    const other = await client.call('GET', `/warnings?${of}&kind=disabled&page=${first.next_page}`);
    expect(other).toMatchObject({ status: 422, json: { errors: { page: [expect.any(String)] } } });
  });

  it('shows nobody else’s', async () => {
    const key = await client.world.foreignKey();
    const reply = await client.call('GET', '/warnings', { key });
    expect(reply).toMatchObject({ status: 200, json: { warnings: [], next_page: null } });
  });

  it.each([
    ['kind', 'kind=nonsense'],
    ['webhook_prn', 'webhook_prn=x'],
    ['limit', 'limit=0'],
    ['page', 'page=x'],
  ])('refuses a bad %s (%s) on that field', async (field, query) => {
    const reply = await client.call('GET', `/warnings?${query}`);
    expect(reply).toMatchObject({ status: 422, json: { errors: { [field]: [expect.any(String)] } } });
  });
});

describe('/organization', () => {
  it('is the caller’s own, disabling after three days unless told otherwise', async () => {
    const key = await client.world.foreignKey();
    const reply = await client.call('GET', '/organization', { key });
    expect(reply).toMatchObject({
      status: 200,
      json: {
        organization: {
          prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}$/),
          disable_after: '72h',
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
        },
      },
    });
    const changed = await client.call('PATCH', '/organization', { key, body: { disable_after: '7d' } });
    expect(changed).toMatchObject({ status: 200, json: { organization: { disable_after: '168h' } } });
    const unchanged = await client.call('PATCH', '/organization', { key, body: {} });
    expect(unchanged).toMatchObject({ status: 200, json: { organization: { disable_after: '168h' } } });
    expect((await client.call('GET', '/organization')).json).toMatchObject({ organization: { disable_after: '72h' } });
  });

  it.each(['23h', '721h', '30m', '24.5h', '', 'Never', 72])('refuses %j', async (value) => {
    const reply = await client.call('PATCH', '/organization', { body: { disable_after: value, name: 'x' } });
    expect(reply).toMatchObject({
      status: 422,
      json: { errors: { disable_after: [expect.any(String)], name: ['is not a field of this request'] } },
    });
  });
});

describe('the disable rule', () => {
  it('is applied by one process at a time, and by the next when that one stops', async () => {
    const runs = [0, 0];
    const jobs = runs.map((_, index) => {
      const endpoints = {
        judgeAll: () => Promise.resolve(void (runs[index] = (runs[index] ?? 0) + 1)),
        tidy: () => Promise.resolve(),
      } as unknown as FailingEndpoints;
      return new DisableRuleJob(
        endpoints,
        { databaseUrl: client.world.database.url, intervalMs: 20, tidyIntervalMs: HOUR_MS, now: () => Date.now() },
        createLog({ app: 'test', level: 'silent', format: 'json' }),
        createMetrics(),
      );
    });
    const [first, second] = jobs as [DisableRuleJob, DisableRuleJob];
    // The lead is the app's own until here.
    await client.world.app.get(DisableRuleJob).beforeApplicationShutdown();
    first.start();
    await eventually(() => expect(runs[0]).toBeGreaterThan(2), { withinMs: 30_000 });
    second.start();
    const before = runs[0] ?? 0;
    await eventually(() => expect(runs[0]).toBeGreaterThan(before + 10), { withinMs: 30_000 });
    expect(runs[1]).toBe(0);
    await first.beforeApplicationShutdown();
    await eventually(() => expect(runs[1]).toBeGreaterThan(2), { withinMs: 30_000 });
    await second.beforeApplicationShutdown();
  });
});

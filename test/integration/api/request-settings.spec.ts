import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after, ok } from '../../support/answers.js';
import { eventually } from '../../support/eventually.js';
import { openHeaders, SecretSealer, type WebhookConfig } from '@fleethook/messages';
import type { Reply } from './api-world.js';
import { WebhookClient, webhookOf } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const SETTINGS = { timeout_ms: 20_000, max_concurrency: 5, rate_per_second: 50, lanes: 4 };
const CREDENTIALS = { username: 'fleet', password: 'correct: horse' };
const ANY: unknown = expect.any(String);
const NOTHING = {
  timeout_ms: null,
  max_concurrency: null,
  rate_per_second: null,
  lanes: 1,
  header_names: [],
  has_basic_auth: false,
};

const patch = (prn: string, body: Record<string, unknown>): Promise<Reply> =>
  client.call('PATCH', `/webhooks/${prn}`, { body });

async function configOf(prn: string, wanted: (config: WebhookConfig) => boolean): Promise<WebhookConfig> {
  await using configuration = await client.world.configuration();
  return await eventually(
    () => {
      const config = configuration.messages.get(prn) as WebhookConfig | undefined;
      if (config === undefined || !wanted(config)) throw new Error(`not yet: ${JSON.stringify(config)}`);
      return config;
    },
    { withinMs: 30_000 },
  );
}

describe('how a webhook is called', () => {
  it('is as asked: shown without what is secret, used by the test fire, told to the data plane sealed', async () => {
    const webhook = await client.created({
      ...SETTINGS,
      headers: { 'X-Tenant': 'acme', 'x-token': 's3cret' },
      basic_auth: CREDENTIALS,
    });
    const shown = { ...SETTINGS, header_names: ['x-tenant', 'x-token'], has_basic_auth: true };
    expect(webhook).toMatchObject(shown);
    const { headers } = client.receiver.requests.at(-1) ?? {};
    const authorization = `Basic ${Buffer.from('fleet:correct: horse').toString('base64')}`;
    expect(headers).toMatchObject({ 'x-tenant': 'acme', 'x-token': 's3cret', authorization });

    const replies = [await client.call('GET', `/webhooks/${webhook.prn}`), await client.call('GET', '/webhooks')];
    expect(webhookOf(replies[0] as Reply)).toMatchObject(shown);
    const rows = await client.world.database.query('SELECT * FROM webhooks WHERE prn = $1', [webhook.prn]);
    const audited = await client.world.database.query('SELECT * FROM audit_log WHERE resource_prn = $1', [webhook.prn]);
    const config = await configOf(webhook.prn, () => true);
    for (const kept of [...replies.map(({ text }) => text), ...[rows, audited, config].map((it) => JSON.stringify(it))])
      expect(kept).not.toMatch(/s3cret|horse|acme|Z[mM]xlZXQ6/);
    expect(config).toMatchObject({ timeoutMs: 20_000, maxConcurrency: 5, ratePerSecond: 50, lanes: 4 });
    const sealer = new SecretSealer([client.world.secretsKey]);
    expect(openHeaders(sealer, config, webhook.prn)).toEqual({
      'x-tenant': 'acme',
      'x-token': 's3cret',
      authorization,
    });
  });

  it('changes alone, stays as it is when the same is asked again, and goes back to the defaults', async () => {
    const { prn } = await client.created({ headers: { a: '1' }, basic_auth: CREDENTIALS });
    const version = async (): Promise<unknown> =>
      (await client.world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn]))[0];
    const before = await version();
    await patch(prn, { headers: { A: '1' }, basic_auth: CREDENTIALS, timeout_ms: null });
    expect(await version()).toEqual(before);
    expect(webhookOf(await patch(prn, { rate_per_second: 7 }))).toMatchObject({
      ...NOTHING,
      rate_per_second: 7,
      header_names: ['a'],
      has_basic_auth: true,
    });
    const cleared = await patch(prn, { headers: {}, basic_auth: null, rate_per_second: null });
    expect(webhookOf(cleared)).toMatchObject(NOTHING);
    const config = await configOf(prn, ({ sealedHeaders }) => sealedHeaders === undefined);
    expect(Object.keys(config)).not.toEqual(expect.arrayContaining(['sealedBasicAuth']));
    expect(config.ratePerSecond).toBeUndefined();
  });

  it('is spread over lanes no more than its limits allow, and that is on record', async () => {
    const { prn } = await client.created({ lanes: 8 });
    expect(await patch(prn, { max_concurrency: 7 })).toMatchObject({
      status: 422,
      json: { errors: { max_concurrency: ['must be at least its lanes, 8'] } },
    });
    expect(webhookOf(await patch(prn, { max_concurrency: 8, rate_per_second: 8 }))).toMatchObject({ lanes: 8 });
    expect((await configOf(prn, ({ ratePerSecond }) => ratePerSecond === 8)).lanes).toBe(8);
    expect(webhookOf(await patch(prn, { lanes: null }))).toMatchObject({ lanes: 1, max_concurrency: 8 });
    expect((await configOf(prn, ({ lanes }) => lanes === 1)).lanes).toBe(1);
    const [change] = await client.world.database.query(
      "SELECT before, after FROM audit_log WHERE resource_prn = $1 AND action = 'webhook.updated' ORDER BY id DESC LIMIT 1",
      [prn],
    );
    expect(change).toEqual({ before: { lanes: 8 }, after: { lanes: 1 } });
  });

  it('is what a verification is made with: the headers and the time limit of the same request', async () => {
    client.receiver.answer('/slow', [after(1_500, ok())]);
    const body = { url: `${client.receiver.url}slow`, timeout_ms: 1_000, headers: { 'x-new': '1' } };
    const reply = await client.call('POST', '/webhooks', { body });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('within 1 s')] } } });
    expect(client.receiver.requests.at(-1)?.headers).toMatchObject({ 'x-new': '1' });
  });

  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ timeout_ms: 999 }, { timeout_ms: ['must be at least 1000'] }],
    [{ timeout_ms: 30_001 }, { timeout_ms: ['must be at most 30000'] }],
    [
      { max_concurrency: 0, rate_per_second: 10_001 },
      { max_concurrency: [ANY], rate_per_second: [ANY] },
    ],
    [
      { max_concurrency: 201, rate_per_second: 0.5 },
      { max_concurrency: [ANY], rate_per_second: [ANY] },
    ],
    [{ lanes: 0 }, { lanes: ['must be at least 1'] }],
    [{ lanes: 17 }, { lanes: ['must be at most 16'] }],
    [{ lanes: 6, max_concurrency: 5 }, { lanes: ['must be at most its max_concurrency, 5'] }],
    [{ lanes: 2, rate_per_second: 1 }, { lanes: ['must be at most its rate_per_second, 1'] }],
    [{ headers: { 'webhook-id': 'x', host: 'y' } }, { headers: ['"webhook-id" is reserved', '"host" is reserved'] }],
    [{ headers: { a: 'x\r\nhost: y' } }, { headers: [ANY] }],
    [{ headers: { a: 1 } }, { 'headers.a': ['must be a text'] }],
    [{ headers: [] }, { headers: ['must be an object of texts'] }],
    [{ basic_auth: { username: 'a:b', password: '' } }, { 'basic_auth.username': [ANY] }],
    [
      { basic_auth: { username: 'a', password: '\n', realm: 'x' } },
      { 'basic_auth.password': [ANY], 'basic_auth.realm': [ANY] },
    ],
    [{ basic_auth: CREDENTIALS, headers: { Authorization: 'Bearer x' } }, { basic_auth: [ANY] }],
  ])('is refused by field: %j', async (body, errors) => {
    const reply = await client.call('POST', '/webhooks', { body: { url: client.receiver.url, ...body } });
    expect(reply).toMatchObject({ status: 422, json: { errors } });
    expect(Object.keys((reply.json as { errors: object }).errors).toSorted()).toEqual(Object.keys(errors).toSorted());
  });

  it('has one authorization, whichever came first', async () => {
    const { prn } = await client.created({ headers: { authorization: 'Bearer x' } });
    expect(await patch(prn, { basic_auth: CREDENTIALS })).toMatchObject({
      status: 422,
      json: { errors: { basic_auth: [ANY] } },
    });
    expect((await patch(prn, { basic_auth: CREDENTIALS, headers: null })).status).toBe(200);
    expect(await patch(prn, { headers: { authorization: 'Bearer x' } })).toMatchObject({
      status: 422,
      json: { errors: { headers: [ANY] } },
    });
  });
});

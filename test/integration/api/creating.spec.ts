import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hang, redirect, status } from '../../support/answers.js';
import { signatureFaults } from '../../support/signature-check.js';
import { WebhookClient, WHOLE_SECONDS, webhookOf } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('POST /webhooks', () => {
  it('creates it enabled, shows the secret once, and has verified the endpoint with that secret', async () => {
    const before = client.receiver.requests.length;
    const webhook = await client.created({
      description: 'd',
      enabled_events: ['device.release-changed', ' device.connected '],
    });
    expect(webhook).toEqual({
      prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}:webhook:[0-9a-f-]{36}$/),
      organization_prn: webhook.prn.slice(0, 42),
      url: client.receiver.url,
      description: 'd',
      enabled_events: ['device.release_changed', 'device.connected'],
      filter: null,
      timeout_ms: null,
      max_concurrency: null,
      rate_per_second: null,
      lanes: 1,
      header_names: [],
      has_basic_auth: false,
      state: 'enabled',
      disabled_by: null,
      disabled_at: null,
      inserted_at: expect.stringMatching(WHOLE_SECONDS),
      updated_at: expect.stringMatching(WHOLE_SECONDS),
      secret: expect.stringMatching(/^[0-9A-F]{32}$/),
      standard_webhooks_secret: `whsec_${Buffer.from(webhook.secret, 'hex').toString('base64')}`,
    });
    const [testFire, ...more] = client.receiver.requests.slice(before);
    expect(more).toEqual([]);
    expect(signatureFaults(testFire?.headers ?? {}, testFire?.body ?? Buffer.of(), [webhook.secret])).toEqual([]);
    expect(JSON.parse(String(testFire?.body))).toMatchObject({
      type: 'webhook',
      data: { type: 'test_fire', data: { webhook_prn: webhook.prn } },
    });
    const shown = await client.call('GET', `/webhooks/${webhook.prn}`);
    expect(shown.text).not.toContain(webhook.secret);
    expect(webhookOf(shown)).not.toHaveProperty('secret');
  });

  it('takes no events for none, and the organization of the key', async () => {
    const { organization_prn, enabled_events } = await client.created();
    expect(enabled_events).toEqual([]);
    await client.created({ organization_prn, enabled_events: [] });
    const foreign = { url: client.receiver.url, organization_prn: `prn:1:${crypto.randomUUID()}` };
    const reply = await client.call('POST', '/webhooks', { body: foreign });
    expect(reply).toMatchObject({ status: 422, json: { errors: { organization_prn: [expect.any(String)] } } });
  });

  it('says all that is wrong at once, by field, with no detail beside', async () => {
    const body = { url: 'http://localhost/', enabled_events: ['device.nonsense'], colour: 'red' };
    const reply = await client.call('POST', '/webhooks', { body });
    expect(reply.status).toBe(422);
    expect(reply.json).toEqual({
      errors: {
        url: ['must start with https://'],
        enabled_events: ['"device.nonsense" is not an event'],
        colour: ['is not a field of this request'],
      },
    });
  });

  it.each([
    ['another success', status(201), '201'],
    ['a redirect', redirect('https://localhost/'), '302'],
    ['a failure', status(500), '500'],
  ])('refuses an endpoint that answers the test fire with %s, and stores nothing', async (_name, answer, told) => {
    client.receiver.answer('/refusing', [answer]);
    const count = await client.count();
    const reply = await client.call('POST', '/webhooks', { body: { url: `${client.receiver.url}refusing` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining(told)] } } });
    expect(await client.count()).toBe(count);
  });

  it('gives an endpoint ten seconds', async () => {
    client.receiver.answer('/hanging', [hang()]);
    const reply = await client.call('POST', '/webhooks', { body: { url: `${client.receiver.url}hanging` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('too long')] } } });
  });

  it('makes no more than an organization may have, also of those who ask at once', async () => {
    const { prn } = await client.created();
    // All but one.
    await client.world.database.query(
      `INSERT INTO webhooks SELECT (jsonb_populate_record(w, jsonb_build_object('prn', organization_prn || ':webhook:' || gen_random_uuid()))).*
       FROM webhooks AS w CROSS JOIN generate_series(2 + (SELECT count(*) FROM webhooks), 10000) WHERE prn = $1`,
      [prn],
    );
    try {
      const ask = () => client.call('POST', '/webhooks', { body: { url: client.receiver.url, description: 'many' } });
      const replies = await Promise.all([ask(), ask()]);
      expect(new Set(replies.map(({ status: code }) => code))).toEqual(new Set([201, 409]));
      expect(await ask()).toMatchObject({
        status: 409,
        json: { errors: { detail: 'An organization has at most 10000 webhooks: delete one first' } },
      });
      expect(await client.count()).toBe(10_000);
    } finally {
      await client.world.database.query('DELETE FROM webhooks WHERE prn <> $1', [prn]);
    }
  });

  it('does not call what may not be called', async () => {
    for (const url of [
      'https://10.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/latest',
      'https://user@localhost/',
    ]) {
      const reply = await client.call('POST', '/webhooks', { body: { url } });
      expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.any(String)] } } });
    }
  });
});

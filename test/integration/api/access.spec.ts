import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookClient, webhookOf } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('who calls', () => {
  it.each(['Token', 'Bearer', 'bearer'])('takes %s, with and without an API version', async (scheme) => {
    const headers = { authorization: `${scheme} ${client.world.key}`, 'x-api-version': '2' };
    const reply = await client.call('GET', '/users/me', { key: undefined, headers });
    expect(reply).toMatchObject({
      status: 200,
      json: { data: { email: expect.any(String), username: expect.any(String), organization_prn: expect.any(String) } },
    });
  });

  it.each([{}, { authorization: 'Token nonsense' }, { authorization: 'Basic abc' }])(
    'refuses %j with 401',
    async (headers) => {
      const reply = await client.call('GET', '/webhooks', { key: undefined, headers });
      expect(reply).toMatchObject({ status: 401, json: { errors: { detail: 'Unauthorized' } } });
    },
  );

  it('refuses with 403 what the key may not do, and with 401 a key that has expired', async () => {
    const key = await client.world.foreignKey();
    await client.world.database.query(
      `UPDATE api_keys SET scopes = '{read}' WHERE organization_prn <> (SELECT prn FROM organizations ORDER BY inserted_at LIMIT 1)`,
    );
    const reply = await client.call('POST', '/webhooks', { key, body: { url: client.receiver.url } });
    expect(reply).toMatchObject({ status: 403, json: { errors: { detail: expect.stringContaining('configure') } } });
    expect((await client.call('GET', '/webhooks', { key })).status).toBe(200);
    await client.world.database.query(`UPDATE api_keys SET expires_at = now() WHERE scopes = '{read}'`);
    expect((await client.call('GET', '/webhooks', { key })).status).toBe(401);
  });
});

describe('what is malformed', () => {
  it.each([
    ['an unknown path', 'GET', '/nowhere', {}, 404],
    ['a path that cannot be decoded', 'GET', '/webhooks/%E0%A4%A', {}, 400],
    ['a PRN that is none', 'GET', '/webhooks/nonsense', {}, 404],
    ['a path without end', 'GET', `/webhooks/${'x'.repeat(1_000)}`, {}, 414],
    ['a body that is no JSON', 'POST', '/webhooks', { text: '{"url":' }, 400],
    [
      'a body that is not JSON by type',
      'POST',
      '/webhooks',
      { text: 'url=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    ['a body of an unknown type', 'POST', '/webhooks', { text: 'x', headers: { 'content-type': 'text/x' } }, 415],
    ['a body too large', 'POST', '/webhooks', { body: { url: 'x'.repeat(140_000) } }, 413],
  ])('answers %s in the form of the contract', async (_name, method, path, input, expected) => {
    const reply = await client.call(method, path, input);
    expect(reply).toMatchObject({ status: expected, json: { errors: { detail: expect.any(String) } } });
  });

  it.each(['GET', 'POST'])('says of a path that cannot be decoded that it is the path: %s', async (method) => {
    const reply = await client.call(method, '/webhooks/%zz');
    expect(reply).toMatchObject({ status: 400, json: { errors: { detail: 'The path cannot be decoded' } } });
  });

  it.each(['[]', 'null', '"x"', ''])('says what a body must be when it is %j', async (text) => {
    const reply = await client.call('POST', '/webhooks', { text });
    expect(reply).toMatchObject({ status: 422, json: { errors: { body: [expect.any(String)] } } });
  });
});

describe('another organization', () => {
  it('sees, changes and fires nothing of this one', async () => {
    const { prn, organization_prn } = await client.created();
    const key = await client.world.foreignKey();
    const attempts = [
      client.call('GET', `/webhooks/${prn}`, { key }),
      client.call('PATCH', `/webhooks/${prn}`, { key, body: { prn, description: 'mine' } }),
      client.call('DELETE', `/webhooks/${prn}`, { key }),
      client.call('POST', `/webhooks/${prn}/roll_secret`, { key }),
      client.call('POST', `/webhooks/${prn}/test_fire`, { key }),
      client.call('GET', `/webhooks/${prn}/deliveries`, { key }),
      client.call('GET', `/webhooks/${prn}/deliveries/${crypto.randomUUID()}`, { key }),
    ];
    for (const reply of await Promise.all(attempts))
      expect(reply).toMatchObject({ status: 404, json: { errors: { detail: 'Not Found' } } });
    const list = await client.call(
      'GET',
      `/webhooks?search=${encodeURIComponent(`organization_prn:'${organization_prn}'`)}`,
      {
        key,
      },
    );
    expect(list.json).toEqual({ webhooks: [], next_page: null });
    const own = await client.call('GET', '/users/me', { key });
    expect(own.text).not.toContain(organization_prn);
    expect(webhookOf(await client.call('GET', `/webhooks/${prn}`))).toMatchObject({ prn, description: null });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { hang, redirect, status } from '../../support/answers.js';
import { Receiver } from '../../support/receiver.js';
import { signatureFaults } from '../../support/signature-check.js';
import { ApiWorld, type Reply } from './api-world.js';

interface Webhook {
  prn: string;
  organization_prn: string;
  url: string;
  description: string | null;
  enabled_events: string[];
  state: string;
  inserted_at: string;
  updated_at: string;
  secret?: string;
  standard_webhooks_secret?: string;
}

const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let world: ApiWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await ApiWorld.create();
  receiver = await Receiver.listen();
}, 60_000);

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 30_000);

const replies: Reply[] = [];
const call = async (...parameters: Parameters<ApiWorld['call']>): Promise<Reply> => {
  const reply = await world.call(...parameters);
  replies.push(reply);
  return reply;
};

afterEach(() => {
  for (const reply of replies.splice(0)) expect(reply.headers['peridio-request-id']).toMatch(UUID);
});

const webhookOf = (reply: Reply): Webhook => (reply.json as { webhook: Webhook }).webhook;

async function created(body: Record<string, unknown> = {}): Promise<Webhook & { secret: string }> {
  const reply = await call('POST', '/webhooks', { body: { url: receiver.url, ...body } });
  expect(reply.status).toBe(201);
  const webhook = webhookOf(reply);
  return { ...webhook, secret: webhook.secret ?? '' };
}

describe('who calls', () => {
  it.each(['Token', 'Bearer', 'bearer'])('takes %s, with and without an API version', async (scheme) => {
    const headers = { authorization: `${scheme} ${world.key}`, 'x-api-version': '2' };
    const reply = await call('GET', '/users/me', { key: undefined, headers });
    expect(reply).toMatchObject({
      status: 200,
      json: { data: { email: expect.any(String), username: expect.any(String), organization_prn: expect.any(String) } },
    });
  });

  it.each([{}, { authorization: 'Token nonsense' }, { authorization: 'Basic abc' }])(
    'refuses %j with 401',
    async (headers) => {
      const reply = await call('GET', '/webhooks', { key: undefined, headers });
      expect(reply).toMatchObject({ status: 401, json: { errors: { detail: 'Unauthorized' } } });
    },
  );

  it('refuses with 403 what the key may not do, and with 401 a key that has expired', async () => {
    const key = await world.foreignKey();
    await world.database.query(
      `UPDATE api_keys SET scopes = '{read}' WHERE organization_prn <> (SELECT prn FROM organizations ORDER BY inserted_at LIMIT 1)`,
    );
    const reply = await call('POST', '/webhooks', { key, body: { url: receiver.url } });
    expect(reply).toMatchObject({ status: 403, json: { errors: { detail: expect.stringContaining('configure') } } });
    expect((await call('GET', '/webhooks', { key })).status).toBe(200);
    await world.database.query(`UPDATE api_keys SET expires_at = now() WHERE scopes = '{read}'`);
    expect((await call('GET', '/webhooks', { key })).status).toBe(401);
  });
});

describe('POST /webhooks', () => {
  it('creates it enabled, shows the secret once, and has verified the endpoint with that secret', async () => {
    const before = receiver.requests.length;
    const webhook = await created({
      description: 'd',
      enabled_events: ['device.release-changed', ' device.connected '],
    });
    expect(webhook).toEqual({
      prn: expect.stringMatching(/^prn:1:[0-9a-f-]{36}:webhook:[0-9a-f-]{36}$/),
      organization_prn: webhook.prn.slice(0, 42),
      url: receiver.url,
      description: 'd',
      enabled_events: ['device.release_changed', 'device.connected'],
      state: 'enabled',
      disabled_by: null,
      inserted_at: expect.stringMatching(WHOLE_SECONDS),
      updated_at: expect.stringMatching(WHOLE_SECONDS),
      secret: expect.stringMatching(/^[0-9A-F]{32}$/),
      standard_webhooks_secret: `whsec_${Buffer.from(webhook.secret, 'hex').toString('base64')}`,
    });
    const [testFire, ...more] = receiver.requests.slice(before);
    expect(more).toEqual([]);
    expect(signatureFaults(testFire?.headers ?? {}, testFire?.body ?? Buffer.of(), [webhook.secret])).toEqual([]);
    expect(JSON.parse(String(testFire?.body))).toMatchObject({
      type: 'webhook',
      data: { type: 'test_fire', data: { webhook_prn: webhook.prn } },
    });
    const shown = await call('GET', `/webhooks/${webhook.prn}`);
    expect(shown.text).not.toContain(webhook.secret);
    expect(webhookOf(shown)).not.toHaveProperty('secret');
  });

  it('takes no events for none, and the organization of the key', async () => {
    const { organization_prn, enabled_events } = await created();
    expect(enabled_events).toEqual([]);
    await created({ organization_prn, enabled_events: [] });
    const foreign = { url: receiver.url, organization_prn: `prn:1:${crypto.randomUUID()}` };
    const reply = await call('POST', '/webhooks', { body: foreign });
    expect(reply).toMatchObject({ status: 422, json: { errors: { organization_prn: [expect.any(String)] } } });
  });

  it('says all that is wrong at once, by field, with no detail beside', async () => {
    const body = { url: 'http://localhost/', enabled_events: ['device.nonsense'], colour: 'red' };
    const reply = await call('POST', '/webhooks', { body });
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
    receiver.answer('/refusing', [answer]);
    const count = await countOfWebhooks();
    const reply = await call('POST', '/webhooks', { body: { url: `${receiver.url}refusing` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining(told)] } } });
    expect(await countOfWebhooks()).toBe(count);
  });

  it('gives an endpoint ten seconds', async () => {
    receiver.answer('/hanging', [hang()]);
    const reply = await call('POST', '/webhooks', { body: { url: `${receiver.url}hanging` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('too long')] } } });
  }, 20_000);

  it('does not call what may not be called', async () => {
    for (const url of [
      'https://10.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/latest',
      'https://user@localhost/',
    ]) {
      const reply = await call('POST', '/webhooks', { body: { url } });
      expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.any(String)] } } });
    }
  });
});

describe('GET /webhooks', () => {
  it('pages through all of them, once each, in both orders', async () => {
    for (let made = 0; made < 5; made++) await created();
    const total = await countOfWebhooks();
    for (const order of ['asc', 'desc']) {
      const seen: Webhook[] = [];
      for (let page: string | null = ''; page !== null;) {
        const reply = await call('GET', `/webhooks?limit=2&order=${order}&search=&page=${page}`);
        expect(reply.status).toBe(200);
        const json = reply.json as { webhooks: Webhook[]; next_page: string | null };
        seen.push(...json.webhooks);
        page = json.next_page;
      }
      expect(new Set(seen.map((webhook) => webhook.prn)).size).toBe(total);
      expect(seen.length).toBe(total);
      const times = seen.map((webhook) => webhook.inserted_at);
      expect(times).toEqual(order === 'asc' ? times.toSorted() : times.toSorted().toReversed());
    }
  });

  it('finds what is searched for, form-encoded', async () => {
    const webhook = await created({ description: `it's a needle, 100 %` });
    const search = async (text: string): Promise<string[]> => {
      const reply = await call('GET', `/webhooks?${new URLSearchParams({ search: text, limit: '100' }).toString()}`);
      expect(reply.status).toBe(200);
      return (reply.json as { webhooks: Webhook[] }).webhooks.map((found) => found.prn);
    };
    expect(await search(`description~'needle, 1'`)).toEqual([webhook.prn]);
    expect(await search(`description:'it\\'s a needle, 100 %'`)).toEqual([webhook.prn]);
    expect(await search(`description~'NEEDLE'`)).toEqual([]);
    expect(await search(`description~'%'`)).toEqual([webhook.prn]);
    expect(await search(`prn:'${webhook.prn}' and inserted_at:'${webhook.inserted_at}'`)).toEqual([webhook.prn]);
    expect(await search(`prn:'${webhook.prn}' and inserted_at>'${webhook.inserted_at}'`)).toEqual([]);
    expect(await search(`prn:'${webhook.prn}' and updated_at>='${webhook.inserted_at}'`)).toEqual([webhook.prn]);
    expect(await search(`organization_prn:'${webhook.organization_prn}' and description~'needle'`)).toEqual([
      webhook.prn,
    ]);
  });

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1&limit=2'],
    ['order', 'order=sideways'],
    ['page', 'page=nonsense'],
    ['search', 'search=nonsense'],
  ])('refuses a bad %s (%s) on that field', async (field, query) => {
    const reply = await call('GET', `/webhooks?${query}`);
    expect(reply).toMatchObject({ status: 422, json: { errors: { [field]: [expect.any(String)] } } });
  });
});

describe('PATCH /webhooks/{prn}', () => {
  it('changes nothing for a PRN alone, an empty body or the same values', async () => {
    const webhook = await created({ description: 'd' });
    const { prn } = webhook;
    const before = await world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn]);
    const fired = receiver.requests.length;
    for (const body of [
      { prn },
      {},
      { prn, url: receiver.url, description: 'd', state: 'enabled', enabled_events: [] },
    ]) {
      const reply = await call('PATCH', `/webhooks/${prn}`, { body });
      expect(reply.status).toBe(200);
      expect(webhookOf(reply).updated_at).toBe(webhook.updated_at);
    }
    expect(await world.database.query('SELECT version FROM webhooks WHERE prn = $1', [prn])).toEqual(before);
    expect(receiver.requests.length).toBe(fired);
  });

  it('changes what is given, verifying a new URL and an enabling, and nothing else', async () => {
    const { prn, secret } = await created();
    const patch = async (body: Record<string, unknown>): Promise<{ webhook: Webhook; fired: number }> => {
      const before = receiver.requests.length;
      const reply = await call('PATCH', `/webhooks/${prn}`, { body: { prn, ...body } });
      expect(reply.status).toBe(200);
      return { webhook: webhookOf(reply), fired: receiver.requests.length - before };
    };
    expect(await patch({ description: 'new', enabled_events: ['device.updated'] })).toMatchObject({
      fired: 0,
      webhook: { description: 'new', enabled_events: ['device.updated'] },
    });
    expect(await patch({ description: null })).toMatchObject({ fired: 0, webhook: { description: null } });
    expect(await patch({ url: `${receiver.url}two` })).toMatchObject({
      fired: 1,
      webhook: { url: `${receiver.url}two` },
    });
    const last = receiver.requests.at(-1);
    expect(signatureFaults(last?.headers ?? {}, last?.body ?? Buffer.of(), [secret])).toEqual([]);
    expect(await patch({ state: 'disabled' })).toMatchObject({
      fired: 0,
      webhook: { state: 'disabled', disabled_by: 'user' },
    });
    expect(await patch({ url: `${receiver.url}three` })).toMatchObject({ fired: 0, webhook: { state: 'disabled' } });
    expect(await patch({ state: 'enabled' })).toMatchObject({
      fired: 1,
      webhook: { state: 'enabled', disabled_by: null },
    });
  });

  it('leaves it as it was when the endpoint refuses', async () => {
    const { prn } = await created();
    receiver.answer('/broken', [status(503)]);
    const reply = await call('PATCH', `/webhooks/${prn}`, {
      body: { prn, url: `${receiver.url}broken`, description: 'x' },
    });
    expect(reply).toMatchObject({ status: 422, json: { errors: { url: [expect.stringContaining('503')] } } });
    expect(webhookOf(await call('GET', `/webhooks/${prn}`))).toMatchObject({ url: receiver.url, description: null });
  });

  it('refuses another PRN than the one in the path', async () => {
    const { prn } = await created();
    const reply = await call('PATCH', `/webhooks/${prn}`, { body: { prn: `${prn.slice(0, -1)}x` } });
    expect(reply).toMatchObject({ status: 422, json: { errors: { prn: [expect.any(String)] } } });
  });

  it('keeps every change of many at once', async () => {
    const { prn } = await created();
    const events = ['device.connected', 'device.updated'];
    const answers = await Promise.all([
      call('PATCH', `/webhooks/${prn}`, { body: { prn, description: 'both' } }),
      call('PATCH', `/webhooks/${prn}`, { body: { prn, enabled_events: events } }),
      call('PATCH', `/webhooks/${prn}`, { body: { prn, url: `${receiver.url}both` } }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(webhookOf(await call('GET', `/webhooks/${prn}`))).toMatchObject({
      description: 'both',
      enabled_events: events,
      url: `${receiver.url}both`,
    });
  });
});

describe('DELETE /webhooks/{prn}', () => {
  it('answers 204 without a body, then 404', async () => {
    const { prn } = await created();
    const reply = await call('DELETE', `/webhooks/${prn}`);
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect((await call('DELETE', `/webhooks/${prn}`)).status).toBe(404);
    expect((await call('GET', `/webhooks/${prn}`)).status).toBe(404);
  });
});

describe('POST /webhooks/{prn}/roll_secret', () => {
  it('needs neither body nor content type nor length, and ends the old secret at once', async () => {
    const webhook = await created();
    const reply = await call('POST', `/webhooks/${webhook.prn}/roll_secret`);
    expect(reply.status).toBe(200);
    const rolled = webhookOf(reply);
    expect(rolled.secret).toMatch(/^[0-9A-F]{32}$/);
    expect(rolled.secret).not.toBe(webhook.secret);
    await call('PATCH', `/webhooks/${webhook.prn}`, { body: { url: `${receiver.url}rolled` } });
    const last = receiver.requests.at(-1);
    expect(last?.headers['peridio-signature']).toMatch(/^[0-9A-F]{64}$/);
    expect(signatureFaults(last?.headers ?? {}, last?.body ?? Buffer.of(), [rolled.secret ?? ''])).toEqual([]);
  });

  it('keeps both live for as long as asked, signing old first, three at most', async () => {
    const webhook = await created();
    const roll = (ttl: number) => call('POST', `/webhooks/${webhook.prn}/roll_secret`, { body: { webhook_ttl: ttl } });
    const second = webhookOf(await roll(3_600)).secret ?? '';
    await call('PATCH', `/webhooks/${webhook.prn}`, { body: { url: `${receiver.url}overlap` } });
    const last = receiver.requests.at(-1);
    const signatures = String(last?.headers['peridio-signature']).split(',');
    expect(signatures).toHaveLength(2);
    for (const [index, secret] of [webhook.secret, second].entries()) {
      const headers = { ...last?.headers, 'peridio-signature': signatures[index] };
      expect(signatureFaults(headers, last?.body ?? Buffer.of(), [secret])).toEqual([]);
    }
    expect((await roll(60)).status).toBe(200);
    expect(await roll(60)).toMatchObject({ status: 422, json: { errors: { webhook_ttl: [expect.any(String)] } } });
    expect((await roll(0)).status).toBe(200);
    expect((await roll(604_801)).status).toBe(422);
  });
});

describe('POST /webhooks/{prn}/test_fire', () => {
  it('answers with the event, which is on its way whatever is subscribed to', async () => {
    const { prn } = await created();
    await using deliveries = await world.kafka.tail('webhook.deliveries');
    const reply = await call('POST', `/webhooks/${prn}/test_fire`);
    expect(reply).toMatchObject({
      status: 200,
      json: {
        event: {
          version: 1,
          prn: expect.stringMatching(/:event:/),
          type: 'webhook',
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
          data: { type: 'test_fire', data: { webhook_prn: prn } },
        },
      },
    });
    const sent = JSON.stringify((reply.json as { event: unknown }).event);
    const { eventually } = await import('../../support/eventually.js');
    await eventually(() => expect(deliveries.records.map((record) => String(record.value))).toContain(sent), {
      withinMs: 10_000,
    });
  });

  it('is refused while the webhook is disabled', async () => {
    const { prn } = await created();
    await call('PATCH', `/webhooks/${prn}`, { body: { state: 'disabled' } });
    expect(await call('POST', `/webhooks/${prn}/test_fire`)).toMatchObject({
      status: 422,
      json: { errors: { state: [expect.any(String)] } },
    });
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
    ['a body too large', 'POST', '/webhooks', { body: { url: 'x'.repeat(70_000) } }, 413],
  ])('answers %s in the form of the contract', async (_name, method, path, input, expected) => {
    const reply = await call(method, path, input);
    expect(reply).toMatchObject({ status: expected, json: { errors: { detail: expect.any(String) } } });
  });

  it.each(['[]', 'null', '"x"', ''])('says what a body must be when it is %j', async (text) => {
    const reply = await call('POST', '/webhooks', { text });
    expect(reply).toMatchObject({ status: 422, json: { errors: { body: [expect.any(String)] } } });
  });
});

describe('another organization', () => {
  it('sees, changes and fires nothing of this one', async () => {
    const { prn, organization_prn } = await created();
    const key = await world.foreignKey();
    const attempts = [
      call('GET', `/webhooks/${prn}`, { key }),
      call('PATCH', `/webhooks/${prn}`, { key, body: { prn, description: 'mine' } }),
      call('DELETE', `/webhooks/${prn}`, { key }),
      call('POST', `/webhooks/${prn}/roll_secret`, { key }),
      call('POST', `/webhooks/${prn}/test_fire`, { key }),
      call('GET', `/webhooks/${prn}/deliveries`, { key }),
      call('GET', `/webhooks/${prn}/deliveries/${crypto.randomUUID()}`, { key }),
    ];
    for (const reply of await Promise.all(attempts))
      expect(reply).toMatchObject({ status: 404, json: { errors: { detail: 'Not Found' } } });
    const list = await call('GET', `/webhooks?search=${encodeURIComponent(`organization_prn:'${organization_prn}'`)}`, {
      key,
    });
    expect(list.json).toEqual({ webhooks: [], next_page: null });
    const own = await call('GET', '/users/me', { key });
    expect(own.text).not.toContain(organization_prn);
    expect(webhookOf(await call('GET', `/webhooks/${prn}`))).toMatchObject({ prn, description: null });
  });
});

async function countOfWebhooks(): Promise<number> {
  const [row] = await world.database.query<{ count: string }>('SELECT count(*) FROM webhooks');
  return Number(row?.count);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { status } from '../../support/answers.js';
import { sendRaw, type RawReply } from './raw-http.js';
import { WebhookClient, WHOLE_SECONDS, type Webhook } from './webhook-client.js';

/**
 * The contract's table call by call. The requests are what Peridio's Rust client puts on the wire, header by header and escape by escape;
 * the replies are held to what that client needs: these fields, these statuses, and a 204 for a deletion only.
 */
let client: WebhookClient;
let port: number;
let organization: string;

beforeAll(async () => {
  client = await WebhookClient.create();
  port = (client.world.app.getHttpServer().address() as { port: number }).port;
  const me = await send('GET', '/users/me');
  organization = (me.json as { data: { organization_prn: string } }).data.organization_prn;
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

interface Sent {
  readonly body?: unknown;
  readonly authorization?: string;
  readonly version?: string;
}

/** In the order and the spelling of the client: a body has a type and a length, no body has neither. */
async function send(method: string, target: string, sent: Sent = {}): Promise<RawReply> {
  const body = sent.body === undefined ? '' : JSON.stringify(sent.body);
  const reply = await sendRaw(
    port,
    [
      `${method} ${target} HTTP/1.1`,
      `authorization: ${sent.authorization ?? `Token ${client.world.key}`}`,
      `x-api-version: ${sent.version ?? '2'}`,
      ...(body === '' ? [] : ['content-type: application/json']),
      'accept: */*',
      `host: 127.0.0.1:${port}`,
      ...(body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    ],
    body,
  );
  expect(reply.headers.get('peridio-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(reply.status === 204).toBe(method === 'DELETE' && reply.text === '');
  expect([300, 301, 302, 303, 307, 308]).not.toContain(reply.status);
  return reply;
}

const webhookIn = (reply: RawReply): Webhook => (reply.json as { webhook: Webhook }).webhook;

async function create(fields: Record<string, unknown> = {}): Promise<Webhook> {
  const body = { organization_prn: organization, url: client.receiver.url, ...fields };
  const reply = await send('POST', '/webhooks', { body });
  expect(reply.status).toBe(201);
  return webhookIn(reply);
}

const search = (text: string): Promise<RawReply> => send('GET', `/webhooks?limit=1&order=desc&search=${text}`);

const prnPattern = (type: string): RegExp => new RegExp(`^prn:1:[0-9a-f-]{36}:${type}:[0-9a-f-]{36}$`);

/** What the client cannot do without. */
const NEEDED = {
  prn: expect.stringMatching(prnPattern('webhook')),
  enabled_events: expect.any(Array),
  inserted_at: expect.stringMatching(WHOLE_SECONDS),
  updated_at: expect.stringMatching(WHOLE_SECONDS),
};

describe('authorization', () => {
  it.each(['Token', 'token', 'Bearer', 'bearer'])('is taken as %s', async (scheme) => {
    expect(await send('GET', '/users/me', { authorization: `${scheme} ${client.world.key}` })).toMatchObject({
      status: 200,
    });
  });

  it.each(['Token nonsense', 'Basic eA==', 'Token', ''])(
    'is refused as %j, in the form that is shown',
    async (text) => {
      expect(await send('GET', '/webhooks', { authorization: text })).toMatchObject({
        status: 401,
        json: { errors: { detail: expect.any(String) } },
      });
    },
  );

  it.each(['1', '2'])('goes with x-api-version %s', async (version) => {
    expect((await send('GET', '/webhooks', { version })).status).toBe(200);
  });
});

describe('users me', () => {
  it('tells whose key it is', async () => {
    expect(await send('GET', '/users/me')).toMatchObject({
      status: 200,
      json: {
        data: {
          email: expect.any(String),
          username: expect.any(String),
          organization_prn: expect.stringMatching(/^prn:1:/),
        },
      },
    });
  });
});

describe('webhooks create', () => {
  it('takes the organization of the key, and spells events with underscores', async () => {
    const webhook = await create({
      description: "it's ~ é",
      enabled_events: ['device.release-changed', 'device.connected'],
    });
    expect(webhook).toMatchObject({
      ...NEEDED,
      organization_prn: organization,
      description: "it's ~ é",
      enabled_events: ['device.release_changed', 'device.connected'],
      state: 'enabled',
      url: client.receiver.url,
      secret: expect.stringMatching(/^[0-9A-F]{32}$/),
    });
  });

  it('takes a URL alone', async () => {
    const reply = await send('POST', '/webhooks', { body: { url: client.receiver.url } });
    expect(reply.status).toBe(201);
    expect(webhookIn(reply)).toMatchObject({ ...NEEDED, description: null, enabled_events: [] });
  });

  it('names every wrong field, and has no detail beside them', async () => {
    const body = { organization_prn: organization, url: 'http://x@127.0.0.1/#a', enabled_events: ['a.b'], colour: 1 };
    const { status: code, json } = await send('POST', '/webhooks', { body });
    expect(code).toBe(422);
    expect(json).toEqual({
      errors: {
        url: ['must start with https://', 'must not contain a user name or password', 'must not contain a fragment'],
        enabled_events: ['"a.b" is not an event'],
        colour: ['is not a field of this request'],
      },
    });
  });

  it('says what a receiver answered', async () => {
    client.receiver.answer('/no', [status(503)]);
    const body = { organization_prn: organization, url: `${client.receiver.url}no` };
    expect(await send('POST', '/webhooks', { body })).toMatchObject({
      status: 422,
      json: { errors: { url: [expect.stringContaining('503')] } },
    });
  });
});

describe('webhooks get', () => {
  it('takes the PRN with its colons as they are, or escaped', async () => {
    const { prn, secret, ...fields } = await create();
    const reply = await send('GET', `/webhooks/${prn}`);
    expect(reply.status).toBe(200);
    const { standard_webhooks_secret: _, ...shown } = fields;
    expect(webhookIn(reply)).toMatchObject({ prn, ...shown });
    expect(reply.text).not.toContain(secret);
    expect((await send('GET', `/webhooks/${encodeURIComponent(prn)}`)).status).toBe(200);
  });

  it.each(['prn', 'x', '%00', '%', 'prn:1:x:webhook:y', `prn:1:${crypto.randomUUID()}:webhook:${crypto.randomUUID()}`])(
    'finds nothing under %s',
    async (prn) => {
      const reply = await send('GET', `/webhooks/${prn}`);
      expect([400, 404]).toContain(reply.status);
      expect(reply.json).toEqual({ errors: { detail: expect.any(String) } });
    },
  );
});

describe('webhooks list', () => {
  it('reads a search as the client escapes it: + for a blank, %7E for ~', async () => {
    const { prn, inserted_at: insertedAt } = await create({ description: "it's ~ a needle + more" });
    const organizationClause = `organization_prn%3A%27${organization.replaceAll(':', '%3A')}%27`;
    const since = `inserted_at%3E%3D%27${insertedAt.replaceAll(':', '%3A')}%27`;
    for (const text of [
      `description%7E%27a+needle+%2B+more%27+and+${organizationClause}+and+${since}`,
      'description%3A%27it%5C%27s+%7E+a+needle+%2B+more%27',
      "description~'a%20needle'",
      `prn:'${prn}'`,
    ]) {
      const reply = await search(text);
      expect([text, reply.status]).toEqual([text, 200]);
      expect((reply.json as { webhooks: Webhook[] }).webhooks.map((found) => found.prn)).toEqual([prn]);
    }
    expect(await search("inserted_at<'0000-01-01T00:00:00Z'")).toMatchObject({ status: 200, json: { webhooks: [] } });
  });

  it('shows webhooks that the client can read, without their secrets', async () => {
    await create();
    for (const target of ['/webhooks', '/webhooks?', '/webhooks?search=', '/webhooks?search=&limit=100&order=asc']) {
      const reply = await send('GET', target);
      expect([target, reply.status]).toEqual([target, 200]);
      const { webhooks } = reply.json as { webhooks: Webhook[] };
      for (const webhook of webhooks) expect(webhook).toMatchObject(NEEDED);
      expect(webhooks.length).toBeGreaterThan(0);
      expect(reply.text).not.toContain('"secret"');
    }
  });

  it('says where a search is wrong, and everything else that is', async () => {
    expect(await send('GET', '/webhooks?limit=200&order=up&search=url%3A%27x%27&page=%21')).toMatchObject({
      status: 422,
      json: {
        errors: {
          limit: ['must be a whole number from 1 to 100'],
          order: ['must be asc or desc'],
          search: [expect.stringMatching(/^at character 1: url is not a key/)],
          page: ['is not a cursor from next_page'],
        },
      },
    });
    const six = Array.from({ length: 6 }, () => 'prn%3A%27x%27').join('+and+');
    expect(await send('GET', `/webhooks?search=${six}`)).toMatchObject({
      status: 422,
      json: { errors: { search: [expect.stringContaining('5 clauses at most')] } },
    });
  });
});

describe('webhooks update', () => {
  it('always has the PRN in its body, and nothing else changes nothing', async () => {
    const { prn, updated_at: updatedAt } = await create();
    const reply = await send('PATCH', `/webhooks/${prn}`, { body: { prn } });
    expect(reply.status).toBe(200);
    expect(webhookIn(reply)).toMatchObject({ ...NEEDED, prn, updated_at: updatedAt });
  });

  it('changes what is given', async () => {
    const { prn } = await create();
    const body = { prn, description: 'é', state: 'disabled', enabled_events: ['device.updated'] };
    const reply = await send('PATCH', `/webhooks/${prn}`, { body });
    expect(reply.status).toBe(200);
    expect(webhookIn(reply)).toMatchObject({ ...NEEDED, ...body });
    const again = await send('PATCH', `/webhooks/${prn}`, {
      body: { prn, url: `${client.receiver.url}two`, state: 'enabled' },
    });
    expect(webhookIn(again)).toMatchObject({ state: 'enabled', url: `${client.receiver.url}two`, description: 'é' });
  });
});

describe('webhooks roll-secret and test-fire', () => {
  it('are asked for without a body, a type or a length', async () => {
    const webhook = await create();
    const fired = await send('POST', `/webhooks/${webhook.prn}/test_fire`);
    expect(fired).toMatchObject({
      status: 200,
      json: {
        event: {
          version: 1,
          prn: expect.stringMatching(prnPattern('event')),
          type: 'webhook',
          inserted_at: expect.stringMatching(WHOLE_SECONDS),
          data: { type: 'test_fire', data: { webhook_prn: webhook.prn } },
        },
      },
    });
    const rolled = await send('POST', `/webhooks/${webhook.prn}/roll_secret`);
    expect(rolled.status).toBe(200);
    expect(webhookIn(rolled)).toMatchObject({ ...NEEDED, secret: expect.stringMatching(/^[0-9A-F]{32}$/) });
    expect(webhookIn(rolled).secret).not.toBe(webhook.secret);
  });

  it('rolls no secret for a body that names another webhook', async () => {
    const { prn } = await create();
    const other = await create();
    expect(await send('POST', `/webhooks/${prn}/roll_secret`, { body: { prn: other.prn } })).toMatchObject({
      status: 422,
      json: { errors: { prn: [expect.stringContaining('is not the PRN in the path')] } },
    });
    expect((await send('POST', `/webhooks/${prn}/roll_secret`, { body: { prn } })).status).toBe(200);
  });

  it('are refused in words for a webhook that is disabled, and for none', async () => {
    const { prn } = await create();
    await send('PATCH', `/webhooks/${prn}`, { body: { prn, state: 'disabled' } });
    expect(await send('POST', `/webhooks/${prn}/test_fire`)).toMatchObject({
      status: 422,
      json: { errors: { state: [expect.any(String)] } },
    });
    for (const action of ['test_fire', 'roll_secret'])
      expect(await send('POST', `/webhooks/${organization}:webhook:${crypto.randomUUID()}/${action}`)).toMatchObject({
        status: 404,
        json: { errors: { detail: 'Not Found' } },
      });
  });
});

describe('webhooks delete', () => {
  it('answers exactly 204, once', async () => {
    const { prn } = await create();
    expect(await send('DELETE', `/webhooks/${prn}`)).toMatchObject({ status: 204, text: '' });
    expect(await send('DELETE', `/webhooks/${prn}`)).toMatchObject({
      status: 404,
      json: { errors: { detail: 'Not Found' } },
    });
  });
});

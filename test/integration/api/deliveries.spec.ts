import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryIdOf, newPrn, timestampOf, type Prn } from '@fleethook/events';
import { attemptFact, HistoryPartitions, HistoryWriter, WebhookQueries } from '@fleethook/store';
import { encodeCursor } from '../../../apps/api/src/listing/cursor.js';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
import { Receiver } from '../../support/receiver.js';
import { signatureFaults } from '../../support/signature-check.js';
import { ApiWorld } from './api-world.js';
import { recordedDelivery } from './recorded-delivery.js';

const RETENTION_MS = 30 * 86_400_000;

let world: ApiWorld;
let receiver: Receiver;
let webhook: Prn<'webhook'>;
let organization: Prn<'organization'>;

beforeAll(async () => {
  world = await ApiWorld.create();
  receiver = await Receiver.listen();
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url } });
  ({ prn: webhook, organization_prn: organization } = (
    reply.json as { webhook: { prn: Prn<'webhook'>; organization_prn: Prn<'organization'> } }
  ).webhook);
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function record(...attempts: Parameters<typeof attemptFact>[0][]): Promise<void> {
  const writer = new HistoryWriter(world.store, new HistoryPartitions(world.store));
  await writer.write(attempts.map(attemptFact), { nowMs: Date.now(), retentionMs: RETENTION_MS });
}

interface Page {
  deliveries: { id: string; status: string; event_prn: string }[];
  next_page: string | null;
}

describe('the deliveries of a webhook', () => {
  it('are listed newest first, page by page, and by status', async () => {
    const events = Array.from({ length: 5 }, () => newPrn(organization, 'event'));
    const nowMs = Date.now();
    await record(
      ...events.map((event, index) => {
        const facts = { webhook, event, acceptedAtMs: nowMs + index, startedAtMs: nowMs + index + 5 };
        return index === 0 ? failedAttempt(facts) : attemptMessage(facts);
      }),
    );
    const seen: Page['deliveries'] = [];
    for (let page: string | null = ''; page !== null;) {
      const reply = await world.call('GET', `/webhooks/${webhook}/deliveries?limit=2&page=${page}`);
      expect(reply.status).toBe(200);
      const json = reply.json as Page;
      seen.push(...json.deliveries);
      page = json.next_page;
    }
    expect(seen.map((delivery) => delivery.event_prn)).toEqual(events.toReversed());
    const pending = await world.call('GET', `/webhooks/${webhook}/deliveries?status=pending`);
    expect(pending.json).toEqual({
      deliveries: [
        {
          id: deliveryIdOf(events[0] ?? newPrn(organization, 'event'), webhook),
          series: null,
          webhook_prn: webhook,
          event_prn: events[0],
          event_type: 'device.connected',
          status: 'pending',
          detail: null,
          dead_reason: null,
          outcome: 'http_status',
          response_status: 500,
          attempt_count: 1,
          inserted_at: timestampOf(nowMs),
          last_attempted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          delivered_at: null,
          next_attempt_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        },
      ],
      next_page: null,
    });
  });

  it('refuse a cursor of another list', async () => {
    const page = encodeCursor({ atMs: Date.now(), id: crypto.randomUUID() });
    expect(await world.call('GET', `/webhooks/${webhook}/deliveries?page=${page}`)).toMatchObject({
      status: 422,
      json: { errors: { page: [expect.stringContaining('is a cursor of another query')] } },
    });
  });

  it('are told one by one, with every attempt in order', async () => {
    const event = newPrn(organization, 'event');
    const acceptedAtMs = Date.now();
    await record(
      failedAttempt({ webhook, event, acceptedAtMs, startedAtMs: acceptedAtMs + 1, attempt: 1 }),
      attemptMessage({ webhook, event, acceptedAtMs, startedAtMs: acceptedAtMs + 5_000, attempt: 2 }),
    );
    const reply = await world.call('GET', `/webhooks/${webhook}/deliveries/${deliveryIdOf(event, webhook)}`);
    expect(reply).toMatchObject({
      status: 200,
      json: {
        delivery: {
          event_prn: event,
          status: 'delivered',
          detail: null,
          attempt_count: 2,
          attempts: [
            { attempt: 1, outcome: 'http_status', status: 500, next: { kind: 'retry', tier: '5s' } },
            {
              attempt: 2,
              outcome: 'delivered',
              status: 200,
              response_excerpt: 'ok',
              address: '203.0.113.7',
              next: null,
            },
          ],
        },
      },
    });
  });

  it.each([
    ['status=gone', 'status'],
    ['limit=1000', 'limit'],
    ['page=x', 'page'],
  ])('refuses %s', async (query, field) => {
    const reply = await world.call('GET', `/webhooks/${webhook}/deliveries?${query}`);
    expect(reply).toMatchObject({ status: 422, json: { errors: { [field]: [expect.any(String)] } } });
  });

  it('are 404 where there are none', async () => {
    expect((await world.call('GET', `/webhooks/${webhook}/deliveries/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await world.call('GET', `/webhooks/${webhook}/deliveries/nonsense`)).status).toBe(404);
    expect((await world.call('GET', `/webhooks/${newPrn(organization, 'webhook')}/deliveries`)).status).toBe(404);
  });
});

/** A webhook of its own, with its secret. */
async function made(body: object = {}): Promise<{ prn: Prn<'webhook'>; secret: string }> {
  const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url, ...body } });
  expect(reply.status).toBe(201);
  return (reply.json as { webhook: { prn: Prn<'webhook'>; secret: string } }).webhook;
}

describe('the request of a delivery', () => {
  interface SentRequest {
    url: string;
    headers: { name: string; value: string | null }[];
    body: string | null;
    as_sent: boolean;
  }

  const requestOf = async (id: string): Promise<SentRequest | null> => {
    const reply = await world.call('GET', `/deliveries/${id}`);
    expect(reply.status).toBe(200);
    return (reply.json as { delivery: { request: SentRequest | null } }).delivery.request;
  };

  it('is what was sent, with the signatures that a receiver has verified', async () => {
    const { prn, secret } = await made();
    const message = eventMessage({ organization, acceptedAtMs: Date.now() + 2_000 });
    const { id } = await recordedDelivery(world, prn, message);
    const request = await requestOf(id);
    expect(request).toMatchObject({ method: 'POST', url: receiver.url, as_sent: true, body: message.body.toString() });
    const headers = Object.fromEntries((request?.headers ?? []).map(({ name, value }) => [name, value ?? '']));
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': message.event,
      'webhook-timestamp': String(Math.floor((message.acceptedAtMs + 5) / 1_000)),
      'fleethook-attempt': '1',
      'fleethook-event': 'device.connected',
    });
    expect(signatureFaults(headers, message.body, [secret])).toEqual([]);
  });

  it('bears the signatures of then: a secret that has expired since is one of them, until it is removed', async () => {
    const { prn, secret: old } = await made();
    const rolled = await world.call('POST', `/webhooks/${prn}/roll_secret`, { body: { webhook_ttl: 3_600 } });
    const { secret } = (rolled.json as { webhook: { secret: string } }).webhook;
    const message = eventMessage({ organization });
    const { id } = await recordedDelivery(world, prn, message, 2);
    await world.database.query(
      `UPDATE webhooks SET updated_at = now() - interval '1 hour',
         secrets = jsonb_set(secrets, '{0,expiresAtMs}', to_jsonb($2::bigint)) WHERE prn = $1`,
      [prn, message.acceptedAtMs + 10],
    );
    const request = await requestOf(id);
    const headers = Object.fromEntries((request?.headers ?? []).map(({ name, value }) => [name, value ?? '']));
    expect(request?.as_sent).toBe(true);
    for (const one of [old, secret]) expect(signatureFaults(headers, message.body, [one])).toEqual([]);
    // What the sweep does: nothing that a client sees has changed.
    await world.app.get(WebhookQueries).republish(prn, undefined);
    expect(await requestOf(id)).toMatchObject({ as_sent: false });
  });

  it('is not said to be what was sent by a process that had not heard of the latest change', async () => {
    const { prn } = await made();
    await world.call('POST', `/webhooks/${prn}/roll_secret`);
    const message = eventMessage({ organization, acceptedAtMs: Date.now() + 1_000 });
    const { id } = await recordedDelivery(world, prn, message, 1);
    expect(await requestOf(id)).toMatchObject({ as_sent: false });
  });

  it('names the own headers of the webhook and shows none of their values', async () => {
    const { prn } = await made({
      headers: { 'x-token': 'hush-hush' },
      basic_auth: { username: 'u', password: 'hush-hush' },
    });
    const { id } = await recordedDelivery(world, prn);
    const request = await requestOf(id);
    expect(request?.headers).toContainEqual({ name: 'x-token', value: null });
    expect(request?.headers).toContainEqual({ name: 'authorization', value: null });
    expect(JSON.stringify(request)).not.toContain('hush-hush');
  });

  it('says so when the webhook was changed since, and is none when it was deleted', async () => {
    const { prn } = await made();
    const { id } = await recordedDelivery(world, prn);
    await world.call('PATCH', `/webhooks/${prn}`, { body: { description: 'changed since' } });
    expect(await requestOf(id)).toMatchObject({ as_sent: false });
    await world.call('DELETE', `/webhooks/${prn}`);
    expect(await requestOf(id)).toBeNull();
  });

  it('is without body and signatures when the event is no longer kept', async () => {
    const event = newPrn(organization, 'event');
    await record(attemptMessage({ webhook, event }));
    const request = await requestOf(deliveryIdOf(event, webhook));
    expect(request).toMatchObject({ body: null, as_sent: false });
    const names = request?.headers.map(({ name }) => name) ?? [];
    expect(names).toContain('webhook-id');
    expect(names.filter((name) => name.endsWith('signature'))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookClient, type Webhook } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

describe('GET /webhooks', () => {
  it('pages through all of them, once each, in both orders', async () => {
    for (let made = 0; made < 5; made++) await client.created();
    const total = await client.count();
    for (const order of ['asc', 'desc']) {
      const seen: Webhook[] = [];
      for (let page: string | null = ''; page !== null;) {
        const reply = await client.call('GET', `/webhooks?limit=2&order=${order}&search=&page=${page}`);
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
    const webhook = await client.created({ description: `it's a needle, 100 %` });
    expect(await client.search(`description~'needle, 1'`)).toEqual([webhook.prn]);
    expect(await client.search(`description:'it\\'s a needle, 100 %'`)).toEqual([webhook.prn]);
    expect(await client.search(`description~'NEEDLE'`)).toEqual([]);
    expect(await client.search(`description~'%'`)).toEqual([webhook.prn]);
    expect(await client.search(`prn:'${webhook.prn}' and inserted_at:'${webhook.inserted_at}'`)).toEqual([webhook.prn]);
    expect(await client.search(`prn:'${webhook.prn}' and inserted_at>'${webhook.inserted_at}'`)).toEqual([]);
    expect(await client.search(`prn:'${webhook.prn}' and updated_at>='${webhook.inserted_at}'`)).toEqual([webhook.prn]);
    expect(await client.search(`organization_prn:'${webhook.organization_prn}' and description~'needle'`)).toEqual([
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
    const reply = await client.call('GET', `/webhooks?${query}`);
    expect(reply).toMatchObject({ status: 422, json: { errors: { [field]: [expect.any(String)] } } });
  });
});

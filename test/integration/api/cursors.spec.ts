import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { WebhookClient, type Webhook } from './webhook-client.js';

interface Page {
  webhooks: Webhook[];
  next_page: string | null;
}

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
}, 60_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
}, 30_000);

async function page(query: string, key?: string): Promise<Page> {
  const reply = await client.call('GET', `/webhooks?${query}`, key === undefined ? {} : { key });
  expect(reply.status).toBe(200);
  return reply.json as Page;
}

const remove = (prn: string): Promise<unknown> => client.call('DELETE', `/webhooks/${prn}`);

async function all(order: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const part: Page = await page(`limit=100&order=${order}&page=${next}`);
    found.push(...part.webhooks.map(({ prn }) => prn));
    next = part.next_page;
  }
  return found;
}

describe('a cursor', () => {
  it('stays right while webhooks are added and deleted: what was there all along is shown once, in order', async () => {
    for (let made = 0; made < 8; made++) await client.created();
    const step = fc.constantFrom('next', 'next', 'add', 'delete the last shown', 'delete one to come');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { minLength: 2, maxLength: 8 }),
        async (order, limit, steps) => {
          const before = await all(order);
          const [deleted, added] = [new Set<string>(), new Set<string>()];
          const shown: string[] = [];
          const cursor: { next: string | null } = { next: '' };
          const advance = async (): Promise<void> => {
            if (cursor.next === null) return;
            const part = await page(`limit=${limit}&order=${order}&page=${cursor.next}`);
            shown.push(...part.webhooks.map(({ prn }) => prn));
            cursor.next = part.next_page;
          };
          const drop = async (prn: string | undefined): Promise<void> => {
            if (prn === undefined || deleted.has(prn)) return;
            deleted.add(prn);
            await remove(prn);
          };
          for (const what of steps) {
            if (what === 'next') await advance();
            else if (what === 'add') added.add((await client.created()).prn);
            else if (what === 'delete the last shown') await drop(shown.at(-1));
            else await drop(before.findLast((prn) => !shown.includes(prn) && !deleted.has(prn)));
          }
          while (cursor.next !== null) await advance();
          expect(new Set(shown).size).toBe(shown.length);
          const kept = before.filter((prn) => !deleted.has(prn));
          expect(shown.filter((prn) => kept.includes(prn))).toEqual(kept);
          expect(shown.filter((prn) => !before.includes(prn) && !added.has(prn))).toEqual([]);
          for (let missing = 8 - kept.length; missing > 0; missing--) await client.created();
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('is good for its own query only, with pages of any size', async () => {
    for (let made = 0; made < 3; made++) await client.created({ description: 'cursor' });
    const search = new URLSearchParams({ search: "description:'cursor'" }).toString();
    const { next_page: next } = await page(`limit=1&order=desc&${search}`);
    const rest = await page(`limit=100&order=desc&${search}&page=${next}`);
    expect(rest.webhooks).toHaveLength(2);
    const others = [
      `limit=1&order=asc&${search}&page=${next}`,
      `limit=1&order=desc&page=${next}`,
      `limit=1&order=desc&${new URLSearchParams({ search: "description:'other'" }).toString()}&page=${next}`,
      `limit=1&order=desc&${search}&page=${next?.slice(0, -1)}`,
      `limit=1&order=desc&${search}&page=${Buffer.from('[1,"a"]').toString('base64url')}`,
    ];
    for (const query of others) {
      const reply = await client.call('GET', `/webhooks?${query}`);
      expect([query, reply.status, reply.json]).toEqual([query, 422, { errors: { page: [expect.any(String)] } }]);
    }
    const key = await client.world.foreignKey();
    expect(await client.call('GET', `/webhooks?limit=1&order=desc&${search}&page=${next}`, { key })).toMatchObject({
      status: 422,
      json: { errors: { page: [expect.any(String)] } },
    });
  });
});

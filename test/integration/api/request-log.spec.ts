import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { ApiWorld, type Call, type Reply } from './api-world.js';

describe('the request id of a reply', () => {
  let world: ApiWorld;

  beforeAll(async () => {
    world = await ApiWorld.create();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** Every line that names the request: written once the reply is out. */
  const linesOf = (reply: Reply): Promise<Record<string, unknown>[]> =>
    eventually(
      () => {
        const id = String(reply.headers['peridio-request-id']);
        const lines = world.logLines.filter((line) => line.includes(id)).map((line) => JSON.parse(line) as object);
        expect(lines).not.toEqual([]);
        return lines as Record<string, unknown>[];
      },
      { withinMs: 20_000 },
    );

  it.each<[string, string, Call, number, string]>([
    ['that was served', '/webhooks?limit=1', {}, 200, '/webhooks'],
    ['without a key', '/webhooks', { key: undefined }, 401, '/webhooks'],
    ['for what is not there', '/webhooks/prn:1:nothing', {}, 404, '/webhooks/:prn'],
    ['of no route', '/nowhere?token=private', {}, 404, 'none'],
  ])('%s leads to one line about it', async (_what, path, call, status, route) => {
    const reply = await world.call('GET', path, call);
    expect(reply.status).toBe(status);
    const lines = await linesOf(reply);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      event: 'api.request',
      method: 'GET',
      route,
      status,
      latency_ms: expect.any(Number),
    });
    // The path and the query are the customer's.
    expect(JSON.stringify(lines)).not.toMatch(/limit=1|nothing|private/);
  });

  it('leads to whose key it was', async () => {
    const me = await world.call('GET', '/users/me');
    const { organization_prn: organization } = (me.json as { data: { organization_prn: string } }).data;
    const [line] = await linesOf(me);
    expect(line).toMatchObject({ organization, api_key: expect.stringMatching(`^${organization}:api_key:`) });
  });
});

import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { World } from '../support/world.js';

const DOOR_OPENED = {
  name: 'door.opened',
  description: 'A door was opened',
  schema: { type: 'object', required: ['door'], properties: { door: { type: 'integer' } } },
  example: { door: 7 },
};

describe('a type of events that was registered', () => {
  it('is taken in, checked, and delivered to the webhooks that name it', async () => {
    await using world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
    await using receiver = await Receiver.listen();
    const post = async (data: object): Promise<{ status: number; text: string }> => {
      const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Token ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'door', data: { type: 'opened', data } }),
      });
      return { status: reply.status, text: await reply.text() };
    };
    const registered = await world.call('POST', '/event-types', DOOR_OPENED);
    expect(registered.status).toBe(201);
    await eventually(
      async () => expect(await post({ door: 'x' })).toMatchObject({ text: expect.stringContaining('/data/data/door') }),
      {
        withinMs: 20_000,
        explain: () => world.explain(),
      },
    );
    const { path } = await world.createWebhook(receiver, '/doors', ['door.opened']);
    expect(await post({ door: 7 })).toMatchObject({ status: 202 });
    await eventually(
      () => {
        const bodies = receiver.requests.filter((request) => request.path === path).map(({ body }) => body.toString());
        expect(bodies.at(-1)).toContain('"type":"opened","data":{"door":7}');
      },
      { withinMs: 30_000, explain: () => world.explain() },
    );
    expect((await world.call('DELETE', '/event-types/door.opened')).status).toBe(409);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseEventName } from '@fleethook/events';
import { decodeDead } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { RouterWorld } from './router-world.js';

const WITHIN = { withinMs: 30_000 };
const DOOR_OPENED = parseEventName('door.opened');

const opened = (data: object): string => JSON.stringify({ type: 'door', data: { type: 'opened', data } });

describe('a type of events that an organization registered', () => {
  it('is routed for direct producers, who are held to its schema', async () => {
    await using world = await RouterWorld.create();
    const { organization } = world;
    const webhook = await world.subscribe({ enabledEvents: [DOOR_OPENED] });
    await world.register(DOOR_OPENED, {
      type: 'object',
      required: ['door'],
      properties: { door: { type: 'integer' } },
    });
    await world.start();
    await world.publishDirectly(opened({ door: 7 }), { organization });
    await world.publishDirectly(opened({ door: 'front' }), { organization });
    await eventually(() => expect([world.deliveries.length, world.dead.length]).toEqual([1, 1]), WITHIN);
    expect(world.deliveries[0]).toMatchObject({ webhook: webhook.prn, name: 'door.opened' });
    const [dead] = world.dead.map(decodeDead);
    expect(dead).toMatchObject({ kind: 'record', detail: expect.stringContaining('/data/data/door must be integer') });
  });
});

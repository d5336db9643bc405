import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { IntakeWorld } from '../ingest/intake-world.js';
import { ApiWorld } from './api-world.js';
import { madeKey } from './key-client.js';

describe('a key of the Admin API', () => {
  it('publishes at a running intake, and no longer once it was revoked or its end came', async () => {
    await using world = await ApiWorld.create();
    await using intake = await IntakeWorld.on(world.kafka);
    const publish = async (key: string): Promise<number> =>
      (await intake.post(JSON.stringify(intake.event()), { key })).status;
    const becomes = (key: string, status: number) =>
      eventually(async () => expect(await publish(key)).toBe(status), { withinMs: 30_000 });

    const [revoked, ending] = [await madeKey(world, ['publish']), await madeKey(world, ['publish'])];
    await becomes(revoked.key, 202);
    await becomes(ending.key, 202);
    await becomes((await madeKey(world, ['read'])).key, 403);

    await world.call('DELETE', `/api-keys/${revoked.prn}`);
    await becomes(revoked.key, 401);
    const end = new Date(Date.now() + 2_000).toISOString().replace(/\.\d+Z$/, 'Z');
    expect((await world.call('PATCH', `/api-keys/${ending.prn}`, { body: { expires_at: end } })).status).toBe(200);
    await becomes(ending.key, 401);
  });
});

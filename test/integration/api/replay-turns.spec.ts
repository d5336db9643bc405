import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { ReplayRunnerOptions } from '../../../apps/api/src/replays/run/replay-runner.js';
import { ReplayClient, type Replay } from './replay-client.js';

const EVENTS_OF_DAYS = 2_000;
const SLOWLY = { rate_per_second: 1 };

let client: ReplayClient;

beforeAll(async () => {
  client = await ReplayClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const withTurnsOf = (turnMs: number): unknown => Object.assign(client.world.app.get(ReplayRunnerOptions), { turnMs });

/** As many as an organization may have run, none of which ends in this test. */
async function twoSlowOnes(): Promise<Replay[]> {
  const device = newPrn(client.organization, 'device');
  await client.log(client.events(EVENTS_OF_DAYS, { device }));
  const slow = { filter: { device_prns: [device] }, ...SLOWLY };
  const both = [await client.replay(slow), await client.replay(slow)];
  for (const { prn } of both) await client.arrived(prn, 1);
  return both;
}

async function cancel(replays: readonly Replay[]): Promise<void> {
  for (const { prn } of replays) await client.call('POST', `/replays/${prn}/cancel`);
}

describe('replays that take days', () => {
  it('make room for those that wait, and go on where they stood', async () => {
    withTurnsOf(2_000);
    const slow = await twoSlowOnes();
    const device = newPrn(client.organization, 'device');
    await client.log(client.events(3, { device }));
    const short = await client.replay({ filter: { device_prns: [device] } });
    expect((await client.reached(short.prn, 'completed')).progress).toMatchObject({ matched: 3, sent: 3 });
    for (const { prn } of slow) {
      await client.arrived(prn, client.sent(prn).length + 2);
      expect(await client.get(prn)).toMatchObject({ state: 'running' });
    }
    await cancel(slow);
    for (const { prn } of slow) {
      const sent = client.sent(prn).map(({ event }) => event);
      expect(new Set(sent).size).toBe(sent.length);
    }
  });

  it('make room for what a webhook has missed, however short their turn was', async () => {
    withTurnsOf(3_600_000);
    const slow = await twoSlowOnes();
    await client.call('PATCH', `/webhooks/${client.webhook}`, { body: { state: 'disabled' } });
    for (const { prn } of slow) await client.reached(prn, 'paused');
    const reply = await client.call('PATCH', `/webhooks/${client.webhook}`, {
      body: { state: 'enabled', resume_from: 'bookmark' },
    });
    for (const { prn } of slow) await client.call('POST', `/replays/${prn}/resume`);
    const { replay_prn: prn } = reply.json as { replay_prn: string };
    await client.reached(prn, 'completed');
    for (const { prn: slower } of slow) expect(await client.get(slower)).toMatchObject({ state: 'running' });
    await cancel(slow);
  });
});

import { describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { prnsOf, ReplayClient } from './replay-client.js';

describe('a replay while PostgreSQL is away', () => {
  it('waits, and goes on from what was saved', async () => {
    const target = new URL(services().databaseUrl);
    await using proxy = await TcpProxy.before({ host: target.hostname, port: Number(target.port) });
    await using client = await ReplayClient.create({ databaseUrl: (url) => proxy.through(url) });
    const device = newPrn(client.organization, 'device');
    const events = client.events(200, { device });
    await client.log(events);
    const ratePerSecond = 40;
    const { prn } = await client.replay({ filter: { device_prns: [device] }, rate_per_second: ratePerSecond });
    await client.arrived(prn, 60);

    proxy.mode = 'refuse';
    const unsaved = client.sent(prn).length + 2 * ratePerSecond;
    await eventually(async () => expect((await client.call('GET', `/replays/${prn}`)).status).toBe(503), {
      withinMs: 20_000,
    });
    // What cannot be saved does not grow: it stops within a second or two.
    const stopped = await eventually(
      async () => {
        const before = client.sent(prn).length;
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect(client.sent(prn).length).toBe(before);
        return before;
      },
      { withinMs: 20_000 },
    );
    expect(stopped).toBeLessThanOrEqual(unsaved);

    proxy.mode = 'pass';
    const { progress } = await client.reached(prn, 'completed');
    expect(progress).toMatchObject({ matched: 200, sent: 200 });
    const sent = client.sent(prn).map(({ event }) => event);
    expect([...new Set(sent)].toSorted()).toEqual(prnsOf(events));
    expect(sent.length - 200).toBeLessThanOrEqual(2 * ratePerSecond);
  });
});

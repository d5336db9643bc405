import { describe, expect, it } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { after, ok, Receiver } from '../support/receiver.js';
import { World } from '../support/world.js';

interface Replay {
  readonly prn: string;
  readonly state: string;
  readonly progress: { readonly matched: number; readonly sent: number };
}

const APPS = ['ingest', 'router', 'delivery', 'recorder'] as const;
const BATCH = 100;

async function replay(world: World, webhook: Prn<'webhook'>, ratePerSecond: number): Promise<string> {
  const from = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
  const body = { webhook_prn: webhook, from, rate_per_second: ratePerSecond };
  const reply = await world.call<{ replay: Replay }>('POST', '/replays', body);
  expect(reply.status).toBe(201);
  return reply.body.replay.prn;
}

async function steer(world: World, prn: string, action: 'pause' | 'resume' | 'cancel'): Promise<Replay> {
  const reply = await world.call<{ replay: Replay }>('POST', `/replays/${prn}/${action}`);
  expect(reply.status).toBe(200);
  return reply.body.replay;
}

function reached(world: World, prn: string, state: string): Promise<Replay> {
  return eventually(
    async () => {
      const { replay: found } = (await world.call<{ replay: Replay }>('GET', `/replays/${prn}`)).body;
      if (found.state !== state) throw new Error(`it is ${JSON.stringify(found)}`);
      return found;
    },
    { withinMs: 120_000, explain: () => world.explain() },
  );
}

/** Waits until so many were written to Kafka. */
function sent(world: World, prn: string, atLeast: number): Promise<void> {
  return eventually(
    async () => {
      const { replay: found } = (await world.call<{ replay: Replay }>('GET', `/replays/${prn}`)).body;
      expect(found.progress.sent).toBeGreaterThanOrEqual(atLeast);
    },
    { withinMs: 60_000, explain: () => world.explain() },
  );
}

function arrived(world: World, receiver: Receiver, atLeast: number): Promise<void> {
  return eventually(() => expect(receiver.requests.length).toBeGreaterThanOrEqual(atLeast), {
    withinMs: 60_000,
    explain: () => world.explain(),
  });
}

describe('a replay', () => {
  it('sends what was there before the webhook was, all of it and signed, though the API is killed on the way', async () => {
    await using world = await World.create({ apps: APPS });
    await using receiver = await Receiver.listen();
    const ledger = await world.ledger();
    for (let posted = 0; posted < 2_000; posted += BATCH) await world.post(ledger.issue(BATCH));
    const webhook = await world.createWebhook(receiver, '/late');
    // Its test fire came before; nothing of what was posted did.
    const before = receiver.requests.length;
    const ratePerSecond = 100;
    const prn = await replay(world, webhook.prn, ratePerSecond);

    await sent(world, prn, 200);
    await steer(world, prn, 'pause');
    await eventually(
      async () => {
        const { progress } = await reached(world, prn, 'paused');
        expect(receiver.requests.length - before).toBe(progress.sent);
      },
      { withinMs: 30_000, explain: () => world.explain() },
    );
    await steer(world, prn, 'resume');
    await sent(world, prn, 700);
    await world.killAndReplace('api');

    const { progress } = await reached(world, prn, 'completed');
    expect(progress).toMatchObject({ matched: 2_000, sent: 2_000 });
    await eventually(() => expect(ledger.balance(receiver.prns('/late')).missing.length).toBe(0), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    const { duplicates } = ledger.balance(receiver.prns('/late'));
    process.stdout.write(`replay, API killed: 2000 events, 0 lost, ${duplicates} repeated\n`);
    // What a second brings, and what it may catch up on in it.
    expect(duplicates).toBeLessThanOrEqual(1.5 * ratePerSecond);
    expect(receiver.badSignatures).toEqual([]);
    await eventually(
      async () => {
        const [row] = await world.query<{ count: string }>(
          'SELECT count(DISTINCT event) FROM deliveries WHERE series = $1 AND delivered_at IS NOT NULL',
          [prn.slice(-36)],
        );
        expect(Number(row?.count)).toBe(2_000);
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
  });

  it('never takes the place of fresh deliveries, however fast it is, and stops when it is cancelled', async () => {
    await using world = await World.create({ apps: APPS, environment: { WEBHOOK_CONCURRENCY: '4' } });
    await using receiver = await Receiver.listen();
    const ledger = await world.ledger();
    const old = ledger.issue(3_000);
    for (let posted = 0; posted < old.length; posted += BATCH) await world.post(old.slice(posted, posted + BATCH));
    const webhook = await world.createWebhook(receiver, '/slow');
    // 80 a second at most: the replay brings ten times as much.
    receiver.answer('/slow', [after(50, ok())]);
    await replay(world, webhook.prn, 1_000);
    await arrived(world, receiver, 100);

    const fresh = ledger.issue(100);
    await world.post(fresh);
    const wanted = new Set<string>(fresh);
    await eventually(
      () => expect(new Set(receiver.prns('/slow').filter((event) => wanted.has(event))).size).toBe(100),
      {
        withinMs: 60_000,
        explain: () => world.explain(),
      },
    );
    const replayed = receiver.prns('/slow').filter((event) => !wanted.has(event)).length;
    process.stdout.write(`100 fresh events arrived when ${replayed} of 3000 replayed ones had\n`);
    expect(replayed).toBeLessThan(1_500);

    const second = await replay(world, webhook.prn, 50);
    await sent(world, second, 10);
    expect((await steer(world, second, 'cancel')).state).toBe('cancelled');
    expect((await reached(world, second, 'cancelled')).progress.sent).toBeLessThan(3_100);
    expect(receiver.badSignatures).toEqual([]);
  });
});

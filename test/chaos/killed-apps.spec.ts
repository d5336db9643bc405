import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppName } from '@fleethook/config';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { after, ok, Receiver, status, type Answer } from '../support/receiver.js';
import { World } from '../support/world.js';
import { takenAt } from './taken.js';

const BATCH = 100;
const EVENTS = 2_000;
const PATHS = ['/a', '/b'];
/** A commit comes after so many settled records at the latest; what was settled since the last one is handled again after a kill. */
const SETTLED_BEFORE_COMMIT = 500;
/** For both webhooks: that, and the batch that was on its way. */
const UNCOMMITTED = 2 * (SETTLED_BEFORE_COMMIT + BATCH);

/** Answers slowly enough that there is always something in flight, and fails now and then. */
function moody(): Answer {
  let count = 0;
  return (exchange) => {
    count += 1;
    (count % 20 === 0 ? status(500) : after(count % 7, ok()))(exchange);
  };
}

describe('under load', () => {
  let world: World;
  let receiver: Receiver;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'] });
    receiver = await Receiver.listen();
    for (const path of PATHS) {
      await world.createWebhook(receiver, path);
      receiver.answer(path, [moody()]);
    }
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  it.each<AppName>(['ingest', 'router', 'delivery', 'recorder', 'api'])(
    'kill -9 of %s loses nothing (promise 1) (promise 2)',
    async (victim) => {
      const ledger = await world.ledger();
      const duplicates = (): number =>
        PATHS.reduce((sum, path) => sum + ledger.balance(takenAt(receiver, path)).duplicates, 0);
      const duplicatesBefore = duplicates();
      const requestsBefore = receiver.requests.length;
      await using load = new BackgroundTask(async (signal) => {
        for (let posted = 0; posted < EVENTS && !signal.aborted; posted += BATCH) await world.post(ledger.issue(BATCH));
      });
      await eventually(() => expect(receiver.requests.length).toBeGreaterThan(requestsBefore + 300), {
        withinMs: 60_000,
        explain: () => world.explain(),
      });
      await world.killAndReplace(victim);
      await load.ended;

      for (const path of PATHS) {
        await eventually(() => expect(ledger.balance(takenAt(receiver, path)).missing.length).toBe(0), {
          withinMs: 120_000,
          explain: () => world.explain(),
        });
      }
      const again = duplicates() - duplicatesBefore;
      process.stdout.write(
        `kill -9 ${victim}: ${EVENTS} accepted, 0 lost, ${again} duplicates of ${PATHS.length * EVENTS} deliveries\n`,
      );
      expect(again).toBeLessThanOrEqual(UNCOMMITTED);
      expect(receiver.badSignatures).toEqual([]);

      // The history is whole as well, once the recorder has caught up.
      await eventually(
        async () => {
          const [row] = await world.query<{ count: string }>(
            'SELECT count(DISTINCT (webhook, event)) FROM deliveries WHERE delivered_at IS NOT NULL',
          );
          expect(Number(row?.count)).toBe(PATHS.length * ledger.accepted.size);
        },
        { withinMs: 60_000, explain: () => world.explain() },
      );
    },
  );
});

describe('under load with two of them', () => {
  it('a rolling restart of delivery sends nothing twice', async () => {
    await using world = await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'] });
    await world.start('delivery');
    await using receiver = await Receiver.listen();
    await world.createWebhook(receiver, '/rolling');
    receiver.answer('/rolling', [after(5, ok())]);
    const ledger = await world.ledger();
    await using load = new BackgroundTask(async (signal) => {
      while (!signal.aborted) {
        await world.post(ledger.issue(BATCH));
        // Never so much ahead that a slow machine could not catch up.
        await eventually(() => expect(ledger.accepted.size - receiver.requests.length).toBeLessThan(500), {
          withinMs: 60_000,
        });
      }
    });
    await eventually(() => expect(receiver.requests.length).toBeGreaterThan(200), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    const old = world.app('delivery');
    await world.start('delivery');
    expect(await old.end('SIGTERM')).toBe(0);
    await eventually(() => expect(receiver.requests.length).toBeGreaterThan(1_500), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    await load.stop();
    await eventually(() => expect(ledger.balance(takenAt(receiver, '/rolling')).missing.length).toBe(0), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    const { duplicates, accepted } = ledger.balance(takenAt(receiver, '/rolling'));
    process.stdout.write(`rolling restart: ${accepted} accepted, 0 lost, ${duplicates} duplicates\n`);
    expect(duplicates).toBeLessThanOrEqual(1);
  });
});

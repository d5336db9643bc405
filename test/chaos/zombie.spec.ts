import { describe, expect, it } from '@jest/globals';
import { TOPICS } from '@fleethook/messages';
import type { AppProcess } from '../support/app-process.js';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { after, ok, Receiver } from '../support/receiver.js';
import { World } from '../support/world.js';
import { takenAt } from './taken.js';

const PARTITIONS = TOPICS.deliveries.partitions;
const WEBHOOKS = 8;
const BATCH = 50;
/** Per webhook, see `WEBHOOK_CONCURRENCY`. */
const IN_FLIGHT = 20;
/** A commit comes after so many settled records at the latest. */
const SETTLED_BEFORE_COMMIT = 500;

function assignedTo(process: AppProcess): Promise<number> {
  return process.metric('fleethook_kafka_assigned_partitions{group="delivery"}');
}

describe('a delivery process that stands still for longer than its session', () => {
  it('loses its webhooks to another, and when it wakes up it sends nothing that it did not have in hand (promise 3)', async () => {
    await using world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { KAFKA_SESSION_TIMEOUT: '12s', WEBHOOK_CONCURRENCY: String(IN_FLIGHT) },
    });
    await using receiver = await Receiver.listen();
    const paths = Array.from({ length: WEBHOOKS }, (_, index) => `/zombie-${index}`);
    for (const path of paths) {
      await world.createWebhook(receiver, path);
      receiver.answer(path, [after(20, ok())]);
    }
    const victim = world.app('delivery');
    const heir = await world.start('delivery');
    await eventually(async () => expect(await assignedTo(heir)).toBe(PARTITIONS / 2), { withinMs: 60_000 });

    const ledger = await world.ledger();
    const missing = (): number =>
      paths.reduce((sum, path) => sum + ledger.balance(takenAt(receiver, path)).missing.length, 0);
    await using load = new BackgroundTask(async (signal) => {
      while (!signal.aborted) {
        await world.post(ledger.issue(BATCH));
        // Never so much ahead that a slow machine could not catch up; what stands still holds nobody up.
        await eventually(() => expect(ledger.accepted.size * WEBHOOKS - receiver.requests.length).toBeLessThan(8_000), {
          withinMs: 60_000,
          explain: () => world.explain(),
        });
      }
    });
    await eventually(() => expect(receiver.requests.length).toBeGreaterThan(1_500), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });

    victim.signal('SIGSTOP');
    const stoppedAt = ledger.accepted.size;
    await eventually(async () => expect(await assignedTo(heir)).toBe(PARTITIONS), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    await eventually(() => expect(ledger.accepted.size).toBeGreaterThan(stoppedAt + 500), { withinMs: 60_000 });
    victim.signal('SIGCONT');
    const wokeAt = ledger.accepted.size;
    await eventually(() => expect(ledger.accepted.size).toBeGreaterThan(wokeAt + 500), {
      withinMs: 60_000,
      explain: () => world.explain(),
    });
    await load.stop();
    await eventually(() => expect(missing()).toBe(0), { withinMs: 180_000, explain: () => world.explain() });

    const duplicates = paths.reduce((sum, path) => sum + ledger.balance(takenAt(receiver, path)).duplicates, 0);
    process.stdout.write(
      `a zombie: ${ledger.accepted.size} accepted, 0 lost, ${duplicates} duplicates of ${WEBHOOKS * ledger.accepted.size} deliveries\n`,
    );
    expect(duplicates).toBeLessThanOrEqual(WEBHOOKS * IN_FLIGHT + SETTLED_BEFORE_COMMIT);
    expect(receiver.badSignatures).toEqual([]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { ok, Receiver, status, type Answer } from '../support/receiver.js';
import { World } from '../support/world.js';
import { takenAt } from './taken.js';

const HOUR_MS = 3_600_000;
const BATCH = 50;
/** So that a part of a batch still waits in its lane when the clock is set. */
const LIMITED_PER_SECOND = 30;
const HEARTBEATS = 'fleethook_kafka_request_duration_seconds_count{api="Heartbeat"}';
const PRELOAD = pathToFileURL(join(process.cwd(), 'test/support/stepping-clock.js')).href;

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'fleethook-clock-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every third attempt fails. */
function everyThirdFails(): Answer {
  let count = 0;
  return (exchange) => {
    count += 1;
    (count % 3 === 0 ? status(500) : ok())(exchange);
  };
}

describe('a clock that is set while deliveries are under way', () => {
  it.each(['forward', 'back'] as const)(
    'and put right again, %s by an hour: nothing is lost, dead, or stuck (promise 2)',
    async (direction) => {
      const file = join(folder, direction);
      writeFileSync(file, '0');
      await using world = await World.create({
        apps: ['ingest', 'router', 'recorder'],
        environment: { RETRY_HORIZON: '72h', CLOCK_OFFSET_FILE: file },
      });
      const delivery = await world.start('delivery', { NODE_OPTIONS: `--import=${PRELOAD}` });
      const setClock = (offsetMs: number): void => {
        writeFileSync(file, String(offsetMs));
        delivery.signal('SIGUSR2');
      };
      await using receiver = await Receiver.listen();
      await world.createWebhook(receiver, '/clock');
      // A clock that runs ahead may tell one that waits a time that is an hour off once it is put right: it comes then, after this test.
      const paths = direction === 'back' ? ['/clock', '/limited'] : ['/clock'];
      if (direction === 'back')
        await world.createWebhook(receiver, '/limited', undefined, { rate_per_second: LIMITED_PER_SECOND });
      receiver.answer('/clock', [everyThirdFails()]);
      const ledger = await world.ledger();
      const taken = (path: string): number => new Set(takenAt(receiver, path)).size;
      const postAndSee = async (what: string): Promise<void> => {
        const before = paths.map(taken);
        await world.post(ledger.issue(BATCH));
        // First attempts go on whatever the clock says; two of three succeed at once, and the limited ones in their turn.
        await eventually(
          () => {
            for (const [index, path] of paths.entries())
              expect(taken(path) - (before[index] ?? 0)).toBeGreaterThanOrEqual(BATCH / 2);
          },
          { withinMs: 60_000, explain: () => `${what}\n${world.explain()}` },
        );
      };

      await postAndSee('before');
      setClock(direction === 'forward' ? HOUR_MS : -HOUR_MS);
      await postAndSee('with the clock set');
      // A member that goes silent while its clock is behind is expelled from its groups, and ended by its watchdog.
      const heartbeats = (): Promise<number> => delivery.metric(HEARTBEATS);
      const sofar = await heartbeats();
      await eventually(async () => expect(await heartbeats()).toBeGreaterThan(sofar + 1), {
        withinMs: 60_000,
        explain: () => world.explain(),
      });
      setClock(0);
      await postAndSee('with the clock put right');
      await eventually(
        () => {
          for (const path of paths) expect(ledger.balance(takenAt(receiver, path)).missing).toEqual([]);
        },
        { withinMs: 60_000, explain: () => world.explain() },
      );
      // The Kafka client's own time-outs go by the wall clock: a jump can cost it its session, with what was in flight.
      expect(ledger.balance(takenAt(receiver, '/clock')).duplicates).toBeLessThanOrEqual(BATCH);
      expect(await delivery.metric('fleethook_delivery_dead_total{reason="horizon"}')).toBe(0);
      expect(delivery.isRunning).toBe(true);
    },
  );

  // Kafka refuses records that are more than an hour ahead where their own times count.
  it('more than an hour ahead: what is written has the brokers’ time, and is neither refused, lost nor dead (promise 2)', async () => {
    const file = join(folder, 'ahead');
    writeFileSync(file, '0');
    await using world = await World.create({
      apps: ['ingest', 'recorder'],
      environment: { RETRY_HORIZON: '72h', CLOCK_OFFSET_FILE: file },
    });
    const stepping = { NODE_OPTIONS: `--import=${PRELOAD}` };
    const router = await world.start('router', stepping);
    const delivery = await world.start('delivery', stepping);
    const setClock = (offsetMs: number): void => {
      writeFileSync(file, String(offsetMs));
      for (const app of [router, delivery]) app.signal('SIGUSR2');
    };
    await using receiver = await Receiver.listen();
    await world.createWebhook(receiver, '/clock');
    const ledger = await world.ledger();
    const allCame = (): Promise<void> =>
      eventually(() => expect(ledger.balance(takenAt(receiver, '/clock')).missing).toEqual([]), {
        withinMs: 90_000,
        explain: () => world.explain(),
      });
    await world.post(ledger.issue(BATCH));
    await allCame();
    setClock(2 * HOUR_MS);
    await world.post(ledger.issue(BATCH));
    await allCame();
    setClock(0);
    await world.post(ledger.issue(BATCH));
    await allCame();
    for (const app of [router, delivery]) expect(app.events('kafka.produce_failed')).toEqual([]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findInfrastructure } from '@fleethook/infrastructure';
import { TOPICS } from '@fleethook/messages';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { ok, Receiver } from '../support/receiver.js';
import { services } from '../support/services.js';
import { recordsIn } from '../support/topic-records.js';
import { World } from '../support/world.js';
import { takenAt } from './taken.js';

const BATCH = 100;
/** Settled since the last commit, and the batch that was on its way. */
const UNCOMMITTED = 500 + BATCH;

describe('kill -9 of Kafka under load', () => {
  it('loses nothing: the intake refuses while it is away, and all goes on when it is back (promise 1)', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'fleethook-killed-kafka-'));
    const said: string[] = [];
    // A broker of its own: the shared one belongs to the other tests too.
    const infrastructure = await findInfrastructure({
      source: 'embedded',
      dataDir,
      databaseUrl: services().databaseUrl,
      say: (sentence) => void said.push(sentence),
    });
    try {
      await using world = await World.create({
        apps: ['ingest', 'router', 'delivery', 'recorder'],
        kafkaBrokers: infrastructure.kafkaBrokers,
      });
      await using receiver = await Receiver.listen();
      await world.createWebhook(receiver, '/kafka');
      receiver.answer('/kafka', [ok()]);
      const ledger = await world.ledger();
      await using load = new BackgroundTask(async (signal) => {
        for (let posted = 0; posted < 3_000 && !signal.aborted; posted += BATCH) await world.post(ledger.issue(BATCH));
      });
      await eventually(() => expect(receiver.requests.length).toBeGreaterThan(300), {
        withinMs: 60_000,
        explain: () => world.explain(),
      });
      process.kill(infrastructure.pids().kafka ?? 0, 'SIGKILL');
      await load.ended;
      await eventually(() => expect(ledger.balance(takenAt(receiver, '/kafka')).missing.length).toBe(0), {
        withinMs: 180_000,
        explain: () => `${said.join('\n')}\n${world.explain()}`,
      });
      const { accepted, duplicates } = ledger.balance(takenAt(receiver, '/kafka'));
      // A request that Kafka did not answer in time is posted again: what was written of it all the same is there twice.
      const postedAgain = (await recordsIn(TOPICS.events.name, world.environment)) - accepted;
      process.stdout.write(
        `kill -9 kafka: ${accepted} accepted, 0 lost, ${duplicates} duplicates, ${postedAgain} posted again\n`,
      );
      expect(duplicates).toBeLessThanOrEqual(postedAgain + UNCOMMITTED);
    } finally {
      await infrastructure.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

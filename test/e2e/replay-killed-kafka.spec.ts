import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findInfrastructure } from '@fleethook/infrastructure';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { services } from '../support/services.js';
import { World } from '../support/world.js';

interface Replay {
  readonly prn: string;
  readonly state: string;
  readonly progress: { readonly sent: number };
}

describe('a replay while Kafka is killed', () => {
  it('waits, and sends the rest when it is back', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'fleethook-replay-kafka-'));
    // A broker of its own: the shared one belongs to the other tests too.
    const infrastructure = await findInfrastructure({
      source: 'embedded',
      dataDir,
      databaseUrl: services().databaseUrl,
      say: () => undefined,
    });
    try {
      await using world = await World.create({
        apps: ['ingest', 'router', 'delivery'],
        kafkaBrokers: infrastructure.kafkaBrokers,
      });
      await using receiver = await Receiver.listen();
      const ledger = await world.ledger();
      for (let posted = 0; posted < 1_500; posted += 100) await world.post(ledger.issue(100));
      const { prn: webhook } = await world.createWebhook(receiver, '/replayed');
      const from = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
      const created = await world.call<{ replay: Replay }>('POST', '/replays', {
        webhook_prn: webhook,
        from,
        rate_per_second: 100,
      });
      const replay = async (): Promise<Replay> =>
        (await world.call<{ replay: Replay }>('GET', `/replays/${created.body.replay.prn}`)).body.replay;
      await eventually(async () => expect((await replay()).progress.sent).toBeGreaterThan(300), { withinMs: 60_000 });
      process.kill(infrastructure.pids().kafka ?? 0, 'SIGKILL');

      await eventually(async () => expect((await replay()).state).toBe('completed'), {
        withinMs: 180_000,
        explain: () => world.explain(),
      });
      await eventually(() => expect(ledger.balance(receiver.prns('/replayed')).missing.length).toBe(0), {
        withinMs: 120_000,
        explain: () => world.explain(),
      });
      expect((await replay()).progress.sent).toBe(1_500);
      expect(receiver.badSignatures).toEqual([]);
    } finally {
      await infrastructure.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

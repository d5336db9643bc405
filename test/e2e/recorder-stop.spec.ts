import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../support/receiver.js';
import { services } from '../support/services.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World } from '../support/world.js';

/** Less than what a statement may take. */
const DRAIN_MS = 1_000;
/** For the last commit, for leaving both groups and for logs; a probe that hangs takes longer. */
const MARGIN_MS = 4_000;
const EVENTS = 2_000;
const BATCH = 200;
const PROBES = 12;
const PROBE_PAUSE_MS = 50;

/** Asks whether it is ready until it is gone, as whoever runs it does. */
async function probe(url: string): Promise<void> {
  try {
    for (;;) {
      await (await fetch(`${url}/health/ready`)).text();
      await pause(PROBE_PAUSE_MS);
    }
  } catch {
    // It is gone.
  }
}

it('a recorder stops in time though PostgreSQL hangs, and the next one writes what it could not', async () => {
  const target = new URL(services().databaseUrl);
  await using proxy = await TcpProxy.before({ host: target.hostname, port: Number(target.port) });
  await using world = await World.create({
    apps: ['ingest', 'router', 'delivery', 'recorder'],
    databaseUrl: (url) => proxy.through(url),
    environment: { FLEETHOOK_DRAIN_TIMEOUT: `${DRAIN_MS}ms` },
  });
  await using receiver = await Receiver.listen();
  await world.createWebhook(receiver, '/kept');
  const ledger = await world.ledger();
  await world.post(ledger.issue(BATCH));
  const recorder = world.app('recorder');
  await eventually(
    async () => expect(await recorder.metric('fleethook_recorder_rows_total{table="attempts"}')).toBeGreaterThan(0),
    {
      withinMs: 30_000,
      explain: () => world.explain(),
    },
  );

  proxy.mode = 'stall';
  for (let posted = BATCH; posted < EVENTS; posted += BATCH) await world.post(ledger.issue(BATCH));
  await eventually(() => expect(receiver.requests.length).toBeGreaterThanOrEqual(EVENTS), { withinMs: 60_000 });

  const probing = Array.from({ length: PROBES }, () => probe(recorder.url));
  const askedAtMs = performance.now();
  expect(await recorder.end('SIGTERM')).toBe(0);
  expect(performance.now() - askedAtMs).toBeLessThan(DRAIN_MS + MARGIN_MS);
  await Promise.all(probing);

  proxy.mode = 'pass';
  await world.start('recorder');
  await eventually(
    async () => {
      const [row] = await world.query<{ events: string; delivered: string }>(
        `SELECT (SELECT count(*) FROM events WHERE name = 'device.claimed_release') AS events,
           (SELECT count(*) FROM deliveries WHERE delivered_at IS NOT NULL) AS delivered`,
      );
      expect(row).toMatchObject({ events: String(EVENTS), delivered: String(EVENTS) });
    },
    { withinMs: 60_000, explain: () => world.explain() },
  );
});

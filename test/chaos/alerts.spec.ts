import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { prometheusSource, type RunningPrometheus } from '../support/monitoring/prometheus-tools.js';
import { watch } from '../support/monitoring/watched-world.js';
import { Receiver, status } from '../support/receiver.js';
import { services } from '../support/services.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World } from '../support/world.js';

const TIMEOUT_MS = 300_000;
/** Of scrapes that come in time, on a machine under load. */
const FIRES_WITHIN_MS = 120_000;

const isWatched = prometheusSource() !== undefined;
const watched = isWatched ? it : it.skip;

describe('alerts on a live stack, their conditions held for 3 s', () => {
  let world: World;
  let receiver: Receiver;
  let proxy: TcpProxy;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    if (!isWatched) return;
    const target = new URL(services().databaseUrl);
    proxy = await TcpProxy.before({ host: target.hostname, port: Number(target.port) });
    world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      databaseUrl: (url) => proxy.through(url),
    });
    receiver = await Receiver.listen();
    await world.createWebhook(receiver, '/gone');
    receiver.answer('/gone', [status(410)]);
    prometheus = await watch(world, { alertsAfter: '3s' });
    await eventually(async () => expect(await prometheus.query('sum(up) == 6')).toHaveLength(1), {
      withinMs: FIRES_WITHIN_MS,
      explain: () => prometheus.explain(),
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    if (!isWatched) return;
    await prometheus[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  }, TIMEOUT_MS);

  const fires = (alert: string, labels: Readonly<Record<string, string>> = {}): Promise<void> =>
    eventually(
      async () => {
        const found = (await prometheus.firing()).filter(({ labels: own }) => own['alertname'] === alert);
        expect(found.map(({ labels: own }) => own)).toContainEqual(expect.objectContaining(labels));
        for (const { annotations } of found)
          for (const text of Object.values(annotations)) expect(text).not.toMatch(/<error|<no value>/);
      },
      { withinMs: FIRES_WITHIN_MS, explain: () => world.explain() },
    );

  const isSilentAgain = (alert: string): Promise<void> =>
    eventually(
      async () => {
        const firing = (await prometheus.firing()).map(({ labels }) => labels['alertname']);
        expect(firing).not.toContain(alert);
      },
      { withinMs: FIRES_WITHIN_MS, explain: () => world.explain() },
    );

  watched(
    'say that an endpoint lost events, once it is gone',
    async () => {
      await isSilentAgain('DeliveriesDead');
      const ledger = await world.ledger();
      await world.post(ledger.issue(3));
      await fires('DeliveriesDead', { reason: 'gone', severity: 'warning' });
    },
    TIMEOUT_MS,
  );

  watched(
    'say that PostgreSQL is away, and fall silent when it is back',
    async () => {
      proxy.mode = 'refuse';
      await fires('PostgreSQLAway', { severity: 'critical' });
      proxy.mode = 'pass';
      await isSilentAgain('PostgreSQLAway');
    },
    TIMEOUT_MS,
  );

  watched(
    'say that nobody routes events, when the last router is killed',
    async () => {
      await world.app('router').end('SIGKILL');
      await fires('TargetDown', { job: 'router' });
      await fires('ConsumerGroupEmpty', { group: 'router' });
    },
    TIMEOUT_MS,
  );
});

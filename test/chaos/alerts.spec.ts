import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { prometheusSource, type RunningPrometheus } from '../support/monitoring/prometheus-tools.js';
import { watch } from '../support/monitoring/watched-world.js';
import { Receiver, status } from '../support/receiver.js';
import { services } from '../support/services.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World } from '../support/world.js';

/** Of scrapes that come in time, on a machine under load. */
const FIRES_WITHIN_MS = 120_000;

const whenWatched = prometheusSource() === undefined ? describe.skip : describe;

whenWatched('alerts on a live stack, their conditions held for 3 s', () => {
  let world: World;
  let receiver: Receiver;
  let proxy: TcpProxy;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
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
    await allScraped(prometheus);
  });

  afterAll(async () => {
    await prometheus[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  it('say that an endpoint lost events, once it is gone', async () => {
    expect(await fallsSilent(prometheus, 'DeliveriesDead')).not.toContain('DeliveriesDead');
    const ledger = await world.ledger();
    await world.post(ledger.issue(3));
    expect(await severityOf(prometheus, 'DeliveriesDead', { reason: 'gone' })).toBe('warning');
  });

  it('say that PostgreSQL is away, and fall silent when it is back', async () => {
    proxy.mode = 'refuse';
    expect(await severityOf(prometheus, 'PostgreSQLAway')).toBe('critical');
    proxy.mode = 'pass';
    expect(await fallsSilent(prometheus, 'PostgreSQLAway')).not.toContain('PostgreSQLAway');
  });

  it('say that nobody routes events, when the last router is killed', async () => {
    await world.app('router').end('SIGKILL');
    expect(await severityOf(prometheus, 'TargetDown', { job: 'router' })).toBe('critical');
    expect(await severityOf(prometheus, 'ConsumerGroupEmpty', { group: 'router' })).toBe('critical');
  });
});

/** Of the five apps, and of Prometheus itself. */
function allScraped(prometheus: RunningPrometheus): Promise<void> {
  return eventually(async () => expect(await prometheus.query('sum(up) == 6')).toHaveLength(1), {
    withinMs: FIRES_WITHIN_MS,
    explain: () => prometheus.explain(),
  });
}

/** Waits for an alert with these labels. @returns its severity, once its texts are filled in */
async function severityOf(
  prometheus: RunningPrometheus,
  alert: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const { labels: own, annotations } = await eventually(
    async () => {
      const wanted = Object.entries({ ...labels, alertname: alert });
      const firing = await prometheus.firing();
      const found = firing.find(({ labels: own }) => wanted.every(([name, value]) => own[name] === value));
      if (found === undefined) throw new Error(`${alert} does not fire: ${JSON.stringify(firing)}`);
      return found;
    },
    { withinMs: FIRES_WITHIN_MS, explain: () => prometheus.explain() },
  );
  for (const text of Object.values(annotations)) expect(text).not.toMatch(/<error|<no value>/);
  return own['severity'];
}

/** Waits until the alert does not fire, or not any more. */
function fallsSilent(prometheus: RunningPrometheus, alert: string): Promise<string[]> {
  return eventually(
    async () => {
      const firing = (await prometheus.firing()).map(({ labels }) => labels['alertname'] ?? '');
      if (firing.includes(alert)) throw new Error(`${alert} fires`);
      return firing;
    },
    { withinMs: FIRES_WITHIN_MS, explain: () => prometheus.explain() },
  );
}

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAppSettings, type AppName } from '@fleethook/config';
import { newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import { BatchingProducer, connectionOf } from '@fleethook/kafka';
import { encodeConfig, SecretSealer, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { consumerGroups } from '../../apps/api/src/lag/consumer-groups.js';
import { BackgroundTask } from '../support/background-task.js';
import { eventually } from '../support/eventually.js';
import { panels, rules } from '../support/monitoring/monitoring-files.js';
import { prometheusSource, type RunningPrometheus, type Sample } from '../support/monitoring/prometheus-tools.js';
import { seriesOf, watch } from '../support/monitoring/watched-world.js';
import { ok, Receiver, status } from '../support/receiver.js';
import { services } from '../support/services.js';
import { World } from '../support/world.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const satisfies readonly AppName[];
const WEBHOOKS = 10_000;
/** Of them, so many get deliveries. */
const BUSY_WEBHOOKS = 50;
const MAX_SERIES = 1_500;

const secretsKey = randomBytes(32).toString('base64');
const isWatched = prometheusSource() !== undefined;
const whenWatched = isWatched ? describe : describe.skip;

describe('monitoring of a run with events delivered, retried and dead', () => {
  let world: World;
  let receiver: Receiver;
  let prometheus: RunningPrometheus;
  let posting: BackgroundTask;

  beforeAll(async () => {
    world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { SECRETS_KEY: secretsKey },
    });
    if (isWatched) prometheus = await watch(world);
    receiver = await Receiver.listen();
    for (const path of ['/well', '/shaky', '/failing', '/gone']) await world.createWebhook(receiver, path);
    let requests = 0;
    receiver.answer('/well', [ok()]);
    receiver.answer('/shaky', [(exchange) => (requests++ % 2 === 0 ? status(500) : ok())(exchange)]);
    receiver.answer('/failing', [status(503)]);
    receiver.answer('/gone', [status(410)]);
    // What has risen before it was first seen does not rise for Prometheus.
    if (isWatched)
      await eventually(
        async () => {
          const isSeen = hasFigures(await prometheus.query('fleethook_delivery_dead_total{reason="gone"}'));
          if (!isSeen) throw new Error('Prometheus has not seen delivery yet');
        },
        { withinMs: 60_000, explain: () => prometheus.explain() },
      );
    posting = keepPosting(world);
  });

  afterAll(async () => {
    await posting.stop();
    if (isWatched) await prometheus[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  whenWatched('by Prometheus', () => {
    it('answers every query of every panel', async () => {
      const queries = panels().flatMap(({ board, title, targets = [] }) =>
        targets.map(({ expr }) => ({ panel: `${board}: ${title}`, expr: expr.replaceAll('$__rate_interval', '1m') })),
      );
      // One after the other: on a busy machine a scrape can be missed, and what was seen once is proven.
      let open = queries;
      await eventually(
        async () => {
          const answers = await Promise.all(open.map(async ({ expr }) => hasFigures(await prometheus.query(expr))));
          open = open.filter((_, index) => answers[index] !== true);
          expect(open).toEqual([]);
        },
        { withinMs: 120_000, explain: () => world.explain() },
      );
    });

    it('judges every rule without an error, and raises only what was done on purpose', async () => {
      await eventually(
        async () => {
          const judged = await prometheus.rules();
          expect(judged).toHaveLength(rules().length);
          expect(judged.filter(({ health }) => health !== 'ok')).toEqual([]);
        },
        { withinMs: 30_000, explain: () => prometheus.explain() },
      );
      const firing = await eventually(
        async () => {
          const found = await prometheus.firing();
          expect(found.map(({ labels }) => labels['alertname'])).toContain('DeliveriesDead');
          return found;
        },
        { withinMs: 30_000 },
      );
      // On a busy machine a scrape can come too late, which is no fault of the rules.
      const names = new Set(firing.map(({ labels }) => labels['alertname']));
      names.delete('TargetDown');
      expect(names).toEqual(new Set(['DeliveriesDead']));
      for (const { annotations } of firing)
        for (const text of Object.values(annotations)) expect(text).not.toMatch(/<error|<no value>/);
    });
  });

  it(`shows as many series with ${WEBHOOKS} webhooks as with four`, async () => {
    await posting.stop();
    const before = new Map(await Promise.all(APPS.map(async (app) => [app, await seriesOf(world.app(app))] as const)));
    // Without the API meanwhile: it would take back what PostgreSQL does not know.
    await world.app('api').end();
    const paths = await publishWebhooks(world, receiver);
    for (const app of ['router', 'delivery', 'ingest'] as const)
      await eventually(
        async () =>
          expect(await world.app(app).metric('fleethook_config_records{kind="webhook"}')).toBeGreaterThan(WEBHOOKS),
        { withinMs: 60_000, explain: () => world.explain() },
      );
    const ledger = await world.ledger();
    await world.post(ledger.issue(2));
    await eventually(
      () => {
        const called = new Set(receiver.requests.map(({ path }) => path));
        expect([...paths].filter((path) => !called.has(path))).toEqual([]);
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
    await world.start('api');
    for (const app of APPS) {
      const series = await seriesOf(world.app(app));
      expect(series.length).toBeLessThan(MAX_SERIES);
      expect(series.filter((one) => /prn:|https?:|localhost/.test(one))).toEqual([]);
      const known = new Set(before.get(app));
      // What happened for the first time meanwhile: an answer of Kafka, a commit that came too late.
      expect(series.filter((one) => !known.has(one)).length).toBeLessThan(BUSY_WEBHOOKS / 2);
    }
  });

  it('measures the lag of every group in one process of the API, and in another when that one ends', async () => {
    const apis = [world.app('api'), await world.start('api')];
    const showing = async () => {
      const counts = await Promise.all(
        apis.filter((api) => api.isRunning).map(async (api) => ({ api, groups: groupsIn(await seriesOf(api)) })),
      );
      const shown = counts.filter(({ groups }) => groups.size > 0);
      expect(shown.map(({ groups }) => groups.size)).toEqual([consumerGroups([]).length]);
      return shown[0]?.api;
    };
    const first = await eventually(showing, { withinMs: 60_000, explain: () => world.explain() });
    await first?.end();
    const second = await eventually(showing, { withinMs: 60_000, explain: () => world.explain() });
    expect(second).not.toBe(first);
  });
});

function groupsIn(series: readonly string[]): Set<string> {
  return new Set(series.flatMap((one) => /^kafka_consumergroup_lag\{consumergroup="([^"]+)"/.exec(one)?.[1] ?? []));
}

/** A figure that can be drawn: NaN is a division of nothing by nothing. */
function hasFigures(samples: readonly Sample[]): boolean {
  return samples.some(({ value }) => !Number.isNaN(value));
}

/** A few events at a time until it is told to stop: rates need more than one look. */
function keepPosting(world: World): BackgroundTask {
  return new BackgroundTask(async (signal) => {
    const ledger = await world.ledger();
    while (!signal.aborted) {
      await world.post(ledger.issue(5));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  });
}

/** Straight into the configuration topic, as the API would write them. @returns the paths of those that get deliveries */
async function publishWebhooks(world: World, receiver: Receiver): Promise<Set<string>> {
  const sealer = new SecretSealer([secretsKey]);
  const settings = readAppSettings('router', {
    KAFKA_BROKERS: services().kafkaBrokers.join(','),
    KAFKA_TOPIC_PREFIX: world.topicPrefix,
  });
  const own = await world.organization();
  const paths = new Set<string>();
  const producer = new BatchingProducer(
    { connection: connectionOf(settings, 'test'), maxQueuedBytes: 64 * 1_048_576 },
    {
      log: createLog({ app: 'test', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
      readiness: new Readiness(),
    },
  );
  await producer.connect();
  try {
    await Promise.all(
      Array.from({ length: WEBHOOKS }, (_, index) => {
        const isBusy = index < BUSY_WEBHOOKS;
        const organization: Prn<'organization'> = isBusy ? own : newOrganizationPrn();
        const prn = newPrn(organization, 'webhook');
        if (isBusy) paths.add(`/busy/${index}`);
        const record = encodeConfig({
          v: 1,
          kind: 'webhook',
          version: 1,
          prn,
          organization,
          url: isBusy ? new URL(`/busy/${index}`, receiver.url).href : `https://fleet-${index}.example.com/hook`,
          enabledEvents: [parseEventName('device.claimed_release')],
          state: 'enabled',
          secrets: [{ sealed: sealer.seal(randomBytes(16), prn) }],
          lanes: 1,
        });
        return producer.send({ topic: TOPICS.config.name, ...record });
      }),
    );
  } finally {
    await producer.close();
  }
  return paths;
}

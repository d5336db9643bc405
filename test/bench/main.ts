/* One command, every figure a ratio taken in the same run: `npm run bench [-- --only delivery,pipeline] [-- --check]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, longFormArguments, someOf } from '../support/long-form-arguments.js';
import { Sink } from './bench-process.js';
import { BenchWorld } from './bench-world.js';
import { costOf, holds, ratioOf, tableOf, type Figure } from './figure.js';
import { burst } from './figures/burst.js';
import { configuration } from './figures/configuration.js';
import { crowd } from './figures/crowd.js';
import { deliveryAlone } from './figures/delivery-alone.js';
import { intake } from './figures/intake.js';
import { withFlooded, withHanging } from './figures/isolation.js';
import { latency } from './figures/latency.js';
import { matching } from './figures/matching.js';
import { pipeline } from './figures/pipeline.js';
import { rolls } from './figures/rolls.js';
import { routing } from './figures/routing.js';
import { waiting } from './figures/waiting.js';
import { benchServices } from './bench-services.js';
import { Stopwatch } from './stopwatch.js';

const FIGURES = [
  'delivery',
  'pipeline',
  'fanout',
  'intake',
  'latency',
  'isolation',
  'crowd',
  'burst',
  'rolls',
  'waiting',
  'configuration',
  'matching',
] as const;

const asked = longFormArguments(
  `Usage: npm run bench -- [--check] [--profile] [--only ${FIGURES.join(',')}] [--deliveries 300000] [--backlog 1000000] [--webhooks 100000] [--crowd 10000] [--burst 200000] [--rolls 100] [--fan-out 50]`,
  {
    only: { type: 'string', default: FIGURES.join(',') },
    deliveries: { type: 'string', default: '300000' },
    backlog: { type: 'string', default: '1000000' },
    webhooks: { type: 'string', default: '100000' },
    crowd: { type: 'string', default: '10000' },
    burst: { type: 'string', default: '200000' },
    rolls: { type: 'string', default: '100' },
    'fan-out': { type: 'string', default: '50' },
    check: { type: 'boolean', default: false },
    // CPU profiles of the measured processes beside the results; they cost a few percent.
    profile: { type: 'boolean', default: false },
  },
  (values) => ({
    wanted: someOf('only', values.only, FIGURES),
    deliveries: count('deliveries', values.deliveries),
    backlog: count('backlog', values.backlog),
    webhooks: count('webhooks', values.webhooks),
    crowd: count('crowd', values.crowd),
    burst: count('burst', values.burst),
    rolls: count('rolls', values.rolls),
    fanOut: count('fan-out', values['fan-out']),
    check: values.check,
    profile: values.profile,
  }),
);
const { wanted, deliveries } = asked;
const resultsFolder = join(process.cwd(), 'test/bench/results');
const logFolder = join(resultsFolder, 'logs');
mkdirSync(logFolder, { recursive: true });

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const figures: Figure[] = [];
const take = (added: readonly Figure[]): void => {
  figures.push(...added);
  for (const figure of added) {
    const cost = costOf(figure);
    say(
      `  ${figure.name}: ${Math.round(figure.measured)} ${figure.unit}, ${(ratioOf(figure) * 100).toFixed(0)} % of ${figure.referenceName}`,
    );
    if (cost !== '') say(`    CPU microseconds each: ${cost}`);
  }
};

await using services = await benchServices();
await using sink = await Sink.start();

// First, for it also warms Kafka up: a broker that still compiles itself takes caches and cores from whatever is measured.
if (wanted.has('intake')) {
  say('events into apps/ingest ...');
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take([await intake(world, sink.caFile, deliveries * 2)]);
}
if (wanted.has('delivery')) {
  say('deliveries by apps/delivery alone ...');
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take([await deliveryAlone(world, sink, deliveries)]);
}
if (wanted.has('pipeline')) {
  say('the pipeline, one event to one delivery ...');
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take(
    await pipeline(world, sink, {
      deliveries,
      fanOut: 1,
      infrastructurePids: services.pids,
      floors: 'pipeline',
    }),
  );
}
if (wanted.has('fanout')) {
  const { fanOut } = asked;
  say(`the pipeline, one event to ${fanOut} deliveries ...`);
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take(
    await pipeline(world, sink, {
      deliveries,
      fanOut,
      infrastructurePids: services.pids,
      floors: 'fan-out',
    }),
  );
}
if (wanted.has('latency')) {
  say('from event to receiver ...');
  await using stopwatch = await Stopwatch.listen();
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take(await latency(world, stopwatch, 3_000));
}
if (wanted.has('isolation')) {
  await using stopwatch = await Stopwatch.listen();
  say('healthy endpoints beside bad ones ...');
  for (const measure of [
    (world: BenchWorld) => withHanging(world, stopwatch, { webhooks: 10, bad: 1, eventsPerSecond: 20, events: 1_200 }),
    (world: BenchWorld) => withFlooded(world, stopwatch, { webhooks: 10, bad: 1, eventsPerSecond: 2, events: 60 }),
    (world: BenchWorld) =>
      withHanging(world, stopwatch, { webhooks: 1_000, bad: 10, eventsPerSecond: 0.4, events: 40 }),
  ]) {
    await using world = await BenchWorld.create(services, logFolder, asked.profile);
    take([await measure(world)]);
  }
}
if (wanted.has('crowd')) {
  say(`${asked.crowd} endpoints, some of them bad ...`);
  await using stopwatch = await Stopwatch.listen();
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take([await crowd(world, stopwatch, asked.crowd)]);
}
if (wanted.has('burst')) {
  say(`a burst of ${asked.burst} events ...`);
  await using stopwatch = await Stopwatch.listen();
  await using world = await BenchWorld.create(services, logFolder, asked.profile);
  take(await burst(world, stopwatch, asked.burst));
}
if (wanted.has('rolls')) {
  say(`${asked.rolls} rolls of a secret ...`);
  take(await rolls(services, asked.rolls));
}
if (wanted.has('waiting')) {
  say(`memory with ${asked.backlog} deliveries waiting ...`);
  take(await waiting(services, logFolder, sink, asked.backlog));
}
if (wanted.has('matching')) {
  say('matching ...');
  const organizations = Math.ceil(asked.webhooks / 100);
  take(matching(organizations));
  take([await routing(services, logFolder, sink, { organizations, events: Math.ceil(deliveries / 10) })]);
}
if (wanted.has('configuration')) {
  say(`${asked.webhooks} webhooks ...`);
  take(await configuration(services, logFolder, sink, asked.webhooks));
}

say(`\n${tableOf(figures)}`);
const result = {
  node: process.version,
  takenAt: new Date().toISOString(),
  figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), holds: holds(figure) })),
};
writeFileSync(
  join(resultsFolder, `${result.takenAt.replaceAll(':', '-')}.json`),
  `${JSON.stringify(result, undefined, 2)}\n`,
);
if (asked.check && !figures.every(holds)) process.exitCode = 1;

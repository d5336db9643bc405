/* One command, every figure a ratio taken in the same run: `npm run bench [-- --only delivery,pipeline] [-- --check]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

const { values } = parseArgs({
  options: {
    only: {
      type: 'string',
      default: 'delivery,pipeline,fanout,intake,latency,isolation,crowd,burst,rolls,waiting,configuration,matching',
    },
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
});
const wanted = new Set(values.only.split(','));
const deliveries = Number(values.deliveries);
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
  await using world = await BenchWorld.create(services, logFolder, values.profile);
  take([await intake(world, sink.caFile, deliveries * 2)]);
}
if (wanted.has('delivery')) {
  say('deliveries by apps/delivery alone ...');
  await using world = await BenchWorld.create(services, logFolder, values.profile);
  take([await deliveryAlone(world, sink, deliveries)]);
}
if (wanted.has('pipeline')) {
  say('the pipeline, one event to one delivery ...');
  await using world = await BenchWorld.create(services, logFolder, values.profile);
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
  const fanOut = Number(values['fan-out']);
  say(`the pipeline, one event to ${fanOut} deliveries ...`);
  await using world = await BenchWorld.create(services, logFolder, values.profile);
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
  await using world = await BenchWorld.create(services, logFolder, values.profile);
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
    await using world = await BenchWorld.create(services, logFolder, values.profile);
    take([await measure(world)]);
  }
}
if (wanted.has('crowd')) {
  say(`${values.crowd} endpoints, some of them bad ...`);
  await using stopwatch = await Stopwatch.listen();
  await using world = await BenchWorld.create(services, logFolder, values.profile);
  take([await crowd(world, stopwatch, Number(values.crowd))]);
}
if (wanted.has('burst')) {
  say(`a burst of ${values.burst} events ...`);
  await using stopwatch = await Stopwatch.listen();
  await using world = await BenchWorld.create(services, logFolder, values.profile);
  take(await burst(world, stopwatch, Number(values.burst)));
}
if (wanted.has('rolls')) {
  say(`${values.rolls} rolls of a secret ...`);
  take(await rolls(services, Number(values.rolls)));
}
if (wanted.has('waiting')) {
  say(`memory with ${values.backlog} deliveries waiting ...`);
  take(await waiting(services, logFolder, sink, Number(values.backlog)));
}
if (wanted.has('matching')) {
  say('matching ...');
  const organizations = Math.ceil(Number(values.webhooks) / 100);
  take(matching(organizations));
  take([await routing(services, logFolder, sink, { organizations, events: Math.ceil(deliveries / 10) })]);
}
if (wanted.has('configuration')) {
  say(`${values.webhooks} webhooks ...`);
  take(await configuration(services, logFolder, sink, Number(values.webhooks)));
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
if (values.check && !figures.every(holds)) process.exitCode = 1;

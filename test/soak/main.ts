/* A steady rate for a long time: `npm run soak [-- --minutes 30 --rate 100]`. Memory, handles and what is on its way must stay flat. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AppName } from '@fleethook/config';
import { CountingReceiver } from '../chaos/counting-receiver.js';
import { EventRange } from '../chaos/event-range.js';
import { postIndexes } from '../chaos/range-poster.js';
import { longFormArguments, positive } from '../support/long-form-arguments.js';
import { bringUpServices } from '../support/own-services.js';
import { World } from '../support/world.js';
import { driftOf } from './drift.js';
import { plotOf } from './plot.js';
import { Delays, sampleProcesses, type Sample } from './sample.js';

const APPS: readonly AppName[] = ['ingest', 'router', 'delivery', 'recorder', 'api'];
const SAMPLE_EVERY_MS = 10_000;
/** Events of one post; as many posts a second as the rate needs. */
const BATCH = 10;
const CATCH_UP_MS = 60_000;

const { minutes, rate } = longFormArguments(
  'Usage: npm run soak -- [--minutes 30] [--rate 100]',
  { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '100' } },
  (values) => ({ minutes: positive('minutes', values.minutes), rate: positive('rate', values.rate) }),
);

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const events = Math.ceil((minutes * 60 * rate) / BATCH) * BATCH;

await using stack = new AsyncDisposableStack();
stack.use(await bringUpServices(say));
const world = stack.use(await World.create({ apps: APPS, environment: { RETRY_HORIZON: '72h' } }));
const receiver = stack.use(await CountingReceiver.listen(events));
await world.createWebhook(receiver, '/soak');
const range = new EventRange(await world.organization(), events);

const postedAt = new Float64Array(events);
const delays = new Delays();
receiver.onFirst = (index) => delays.add(performance.now() - (postedAt[index] ?? 0));

const samples: Sample[] = [];
const startedAt = performance.now();
const sampling = setInterval(() => void sample(), SAMPLE_EVERY_MS);
for (let next = 0; next < events; next += BATCH) {
  const dueInMs = startedAt + (next / rate) * 1_000 - performance.now();
  if (dueInMs > 0) await pause(dueInMs);
  const indexes = Array.from({ length: BATCH }, (_, place) => next + place);
  postedAt.fill(performance.now(), next, next + BATCH);
  await postIndexes(world, range, indexes);
}
clearInterval(sampling);
for (const until = performance.now() + CATCH_UP_MS; receiver.distinct < events && performance.now() < until;)
  await pause(100);

const drifts = driftOf(samples);
const folder = join(process.cwd(), 'test/soak/results');
mkdirSync(folder, { recursive: true });
const file = join(folder, new Date().toISOString().replaceAll(':', '-'));
writeFileSync(`${file}.json`, `${JSON.stringify({ minutes, rate, samples, drifts }, undefined, 2)}\n`);
writeFileSync(`${file}.svg`, plotOf(samples, SAMPLE_EVERY_MS / 1_000));
for (const { series, before, after, isFlat } of drifts)
  say(
    `${isFlat ? 'flat ' : 'RISES'}  ${series}: ${before.toFixed(0)} in the second quarter, ${after.toFixed(0)} in the last`,
  );
const lost = range.acceptedCount - receiver.distinct;
say(
  `accepted ${range.acceptedCount}, delivered ${receiver.distinct}, lost ${lost}, duplicates ${receiver.duplicates}; plotted in ${file}.svg`,
);
if (lost > 0 || drifts.some(({ isFlat }) => !isFlat)) process.exitCode = 1;

async function sample(): Promise<void> {
  const { p50, p99 } = delays.take();
  const onTheWay = range.acceptedCount - receiver.distinct;
  const taken = { ...(await sampleProcesses(world, APPS)), 'on the way': onTheWay, 'p50 ms': p50, 'p99 ms': p99 };
  samples.push(taken);
  const atMinutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  say(
    `${atMinutes} min: ${receiver.distinct} delivered, ${onTheWay} on the way, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
  );
}

/* The long form of chaos: `npm run chaos [-- --events 1000000]`. Every app is killed in turn, again and again, while events flow. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import type { AppName } from '@fleethook/config';
import { findInfrastructure } from '@fleethook/infrastructure';
import { TOPICS } from '@fleethook/messages';
import { services } from '../support/services.js';
import { World } from '../support/world.js';
import { CountingReceiver } from './counting-receiver.js';
import { EventRange } from './event-range.js';
import { postRange } from './range-poster.js';

const VICTIMS: readonly AppName[] = ['delivery', 'router', 'ingest', 'recorder', 'api'];
/** So many are delivered between two kills, so that each meets a pipeline at work. */
const BETWEEN_KILLS = 5_000;
/** The producer waits while so much is on its way: a run measures the pipeline, not the disk. */
const MOST_ON_THE_WAY = 50_000;
const STANDSTILL_MS = 120_000;
const POLL_MS = 50;

const { values } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const events = Number(values.events);
if (!Number.isSafeInteger(events) || events < 1) throw new Error(`--events ${values.events} is no number of events`);

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

await using stack = new AsyncDisposableStack();
await bringUpServices(stack);
const world = stack.use(
  await World.create({ apps: ['ingest', 'router', 'delivery', 'recorder'], environment: { RETRY_HORIZON: '72h' } }),
);
const receiver = stack.use(await CountingReceiver.listen(events));
await world.createWebhook(receiver, '/chaos');
const range = new EventRange(await world.organization(), events);

const startedAt = Date.now();
const posting = postRange(world, range, () => range.acceptedCount - receiver.distinct < MOST_ON_THE_WAY);
const kills = await killInTurn();
await posting;
await reaches(events);

let missing = 0;
for (let index = 0; index < events; index += 1) if (range.isAccepted(index) && !receiver.has(index)) missing += 1;
const dead = await deadLetters();
const lost = missing - dead;
const figures = {
  accepted: range.acceptedCount,
  delivered: receiver.distinct,
  duplicates: receiver.duplicates,
  lost,
  dead,
  'largest in flight': receiver.largestInFlight,
  kills,
  seconds: Math.round((Date.now() - startedAt) / 1_000),
};
say(
  Object.entries(figures)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(', '),
);
if (lost > 0) {
  say(world.explain());
  process.exitCode = 1;
}

/** Kafka and PostgreSQL that run already, as for the tests, or ones for this run. */
async function bringUpServices(stack: AsyncDisposableStack): Promise<void> {
  const given = { kafka: process.env['FLEETHOOK_TEST_KAFKA'], database: process.env['FLEETHOOK_TEST_DATABASE'] };
  if (given.kafka !== undefined && given.database !== undefined) return;
  const dataDir = mkdtempSync(join(tmpdir(), 'fleethook-chaos-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const infrastructure = await findInfrastructure({
    source: 'auto',
    dataDir,
    throwAway: true,
    kafkaBrokers: given.kafka?.split(','),
    databaseUrl: given.database,
    say,
  });
  stack.defer(() => infrastructure.stop());
  process.env['FLEETHOOK_TEST_KAFKA'] = infrastructure.kafkaBrokers.join(',');
  process.env['FLEETHOOK_TEST_DATABASE'] = infrastructure.databaseUrl;
}

/** @returns how many */
async function killInTurn(): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    const next = receiver.distinct + BETWEEN_KILLS;
    if (next > events || !(await reaches(next))) return kills;
    const victim = VICTIMS[kills % VICTIMS.length] ?? 'delivery';
    say(`${receiver.distinct} of ${events} delivered, ${receiver.duplicates} duplicates; kill -9 ${victim}`);
    await world.killAndReplace(victim);
  }
}

/** However long it takes, as long as something arrives. @returns false when nothing does any more */
async function reaches(delivered: number): Promise<boolean> {
  for (let [seen, sinceMs] = [-1, 0]; receiver.distinct < delivered; await pause(POLL_MS)) {
    if (receiver.distinct !== seen) [seen, sinceMs] = [receiver.distinct, Date.now()];
    else if (Date.now() - sinceMs > STANDSTILL_MS) return false;
  }
  return true;
}

async function deadLetters(): Promise<number> {
  const admin = new kafkajs.Kafka({ brokers: services().kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(world.topicPrefix + TOPICS.dead.name);
  await admin.disconnect();
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

import { Pool } from 'undici';
import { parseEventName } from '@fleethook/events';
import { BENCH_API_KEY, type BenchWorld } from '../bench-world.js';
import { stampedEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { arrived, atRate, type Stopwatch } from '../stopwatch.js';

const [QUIET, FLOODED] = ['claimed_release', 'release_changed'] as const;
const HEALTHY = /^\/healthy/;
const FLOOD_BATCH = 10;

export interface Crowd {
  readonly webhooks: number;
  readonly bad: number;
  /** To every webhook. */
  readonly eventsPerSecond: number;
  readonly events: number;
}

/** The p99 of the healthy endpoints with some that hang, against the same endpoints all well, one after the other in the same processes. */
export async function withHanging(world: BenchWorld, stopwatch: Stopwatch, crowd: Crowd): Promise<Figure> {
  const isBad = (index: number): boolean => index < crowd.bad;
  const post = await begin(world, stopwatch, crowd.webhooks, {
    pathOf: (index) => (isBad(index) ? `/bad${index}` : `/healthy${index}`),
  });
  const healthy = crowd.webhooks - crowd.bad;
  const before = await measure(stopwatch, crowd, healthy, post);
  stopwatch.answering = (path) => (path.startsWith('/bad') ? undefined : 0);
  const measured = await measure(stopwatch, crowd, healthy, post);
  return figureOf(`healthy p99, ${crowd.bad} of ${crowd.webhooks} hanging`, measured, before);
}

/** The same with one endpoint that is sent ten times as much as all the others together, and is too slow for it. */
export async function withFlooded(world: BenchWorld, stopwatch: Stopwatch, crowd: Crowd): Promise<Figure> {
  const event = { quiet: parseEventName(`device.${QUIET}`), flooded: parseEventName(`device.${FLOODED}`) };
  const post = await begin(world, stopwatch, crowd.webhooks, {
    pathOf: (index) => (index === 0 ? '/flooded' : `/healthy${index}`),
    eventOf: (index) => (index === 0 ? event.flooded : event.quiet),
  });
  stopwatch.answering = (path) => (path === '/flooded' ? 50 : 0);
  const healthy = crowd.webhooks - 1;
  const before = await measure(stopwatch, crowd, healthy, post);
  const seconds = crowd.events / crowd.eventsPerSecond;
  const floodPerSecond = crowd.eventsPerSecond * healthy * 10;
  const flood = atRate(floodPerSecond / FLOOD_BATCH, (floodPerSecond / FLOOD_BATCH) * seconds, (index) =>
    post(Array.from({ length: FLOOD_BATCH }, (_, place) => stampedEvent(index * FLOOD_BATCH + place, FLOODED))),
  );
  const measured = await measure(stopwatch, crowd, healthy, post);
  await flood;
  return figureOf(`healthy p99, 1 of ${crowd.webhooks} flooded at 10x`, measured, before);
}

type Post = (events: readonly object[]) => Promise<void>;

async function begin(
  world: BenchWorld,
  stopwatch: Stopwatch,
  webhooks: number,
  settings: Parameters<BenchWorld['configure']>[2],
): Promise<Post> {
  stopwatch.answering = () => 0;
  stopwatch.reset();
  await world.configure(webhooks, stopwatch.url, settings);
  for (const app of ['ingest', 'router', 'delivery'] as const) await world.start(app, stopwatch.caFile);
  const intake = new Pool(world.apps.find(({ name }) => name === 'ingest')?.url ?? '', { connections: 16 });
  return async (events) => {
    const reply = await intake.request({
      method: 'POST',
      path: '/v1/events',
      headers: { authorization: `Token ${BENCH_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    await reply.body.dump();
    if (reply.statusCode !== 202) throw new Error(`intake answered ${reply.statusCode}`);
  };
}

/** One run to warm up, one that counts. */
async function measure(stopwatch: Stopwatch, crowd: Crowd, healthy: number, post: Post): Promise<number> {
  for (const isMeasured of [false, true]) {
    stopwatch.reset();
    const events = isMeasured ? crowd.events : Math.ceil(crowd.events / 4);
    await atRate(crowd.eventsPerSecond, events, (index) => post([stampedEvent(index, QUIET)]));
    await arrived(stopwatch, HEALTHY, events * healthy);
  }
  return stopwatch.delay(HEALTHY, 0.99);
}

function figureOf(name: string, measured: number, reference: number): Figure {
  return { name, unit: 'ms', measured, reference, referenceName: 'all well', bound: floorOf('isolation') };
}

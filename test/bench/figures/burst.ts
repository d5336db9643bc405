import { Pool } from 'undici';
import { parseEventName } from '@fleethook/events';
import { BENCH_API_KEY, type BenchWorld } from '../bench-world.js';
import { stampedEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { arrived, atRate, type Stopwatch } from '../stopwatch.js';

const [STEADY, BURST] = ['claimed_release', 'release_changed'] as const;
const PER_SECOND = 50;
const STEADY_EVENTS = 1_500;
const BATCH = 500;
const POSTERS = 8;
const HEALTHY = /^\/healthy$/;
const FLEET = /^\/fleet$/;

/** A whole fleet comes back at once: how long the intake refuses, and how the deliveries of another webhook fare once it is through. */
export async function burst(world: BenchWorld, stopwatch: Stopwatch, events: number): Promise<Figure[]> {
  stopwatch.answering = () => 0;
  stopwatch.statusOf = () => 200;
  await world.configure(2, stopwatch.url, {
    pathOf: (index) => (index === 0 ? '/fleet' : '/healthy'),
    eventOf: (index) => parseEventName(`device.${index === 0 ? BURST : STEADY}`),
  });
  for (const app of ['ingest', 'router', 'delivery'] as const) await world.start(app, stopwatch.caFile);
  const intake = new Pool(world.apps.find(({ name }) => name === 'ingest')?.url ?? '', { connections: POSTERS + 8 });
  const post = async (batch: readonly object[]): Promise<boolean> => {
    const reply = await intake.request({
      method: 'POST',
      path: '/v1/events',
      headers: { authorization: `Token ${BENCH_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
    await reply.body.dump();
    if (reply.statusCode === 429 || reply.statusCode === 503) return false;
    if (reply.statusCode !== 202) throw new Error(`intake answered ${reply.statusCode}`);
    return true;
  };
  const steadyP99 = async (): Promise<number> => {
    stopwatch.reset();
    await atRate(PER_SECOND, STEADY_EVENTS, async (index) => void (await post([stampedEvent(index, STEADY)])));
    await arrived(stopwatch, HEALTHY, STEADY_EVENTS);
    return stopwatch.delay(HEALTHY, 0.99);
  };

  await steadyP99();
  const before = await steadyP99();
  stopwatch.reset();
  const taken = await postAtOnce(events, post);
  await arrived(stopwatch, FLEET, events);
  const after = await steadyP99();
  await intake.close();
  const burstName = `a burst of ${events.toLocaleString('en')}`;
  return [
    {
      name: `${burstName}: the longest that the intake refused`,
      unit: 's',
      measured: taken.longestRefusalMs / 1_000,
      reference: taken.totalMs / 1_000,
      referenceName: 'until all was taken',
      bound: floorOf('burst / refused'),
    },
    {
      name: `after ${burstName}: p99 at ${PER_SECOND}/s`,
      unit: 'ms',
      measured: after,
      reference: before,
      referenceName: 'before it',
      bound: floorOf('isolation'),
    },
  ];
}

/** As fast as the intake takes them; what it refuses is posted again. */
async function postAtOnce(
  events: number,
  post: (batch: readonly object[]) => Promise<boolean>,
): Promise<{ totalMs: number; longestRefusalMs: number }> {
  const startedAtMs = performance.now();
  let next = 0;
  let longestRefusalMs = 0;
  const poster = async (): Promise<void> => {
    while (next < events) {
      const from = next;
      next += BATCH;
      const batch = Array.from({ length: Math.min(BATCH, events - from) }, (_, place) =>
        stampedEvent(from + place, BURST),
      );
      const sinceMs = performance.now();
      while (!(await post(batch))) longestRefusalMs = Math.max(longestRefusalMs, performance.now() - sinceMs);
    }
  };
  await Promise.all(Array.from({ length: POSTERS }, poster));
  return { totalMs: performance.now() - startedAtMs, longestRefusalMs };
}

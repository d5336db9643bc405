import { createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { BENCH_API_KEY, type BenchWorld } from '../bench-world.js';
import { stampedEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { arrived, atRate, type Stopwatch } from '../stopwatch.js';

const PER_SECOND = 50;
const WARM_UP = 500;
const HOOK = /^\/hook$/;

/** From the start of a post to the intake until the receiver has it, at 50 events a second, against a bare signed POST to the receiver. */
export async function latency(world: BenchWorld, stopwatch: Stopwatch, events: number): Promise<Figure[]> {
  await world.configure(1, stopwatch.url);
  for (const app of ['ingest', 'router', 'delivery', 'recorder'] as const) await world.start(app, stopwatch.caFile);
  const url = world.apps.find(({ name }) => name === 'ingest')?.url ?? '';
  const intake = new Pool(url, { connections: 8 });
  const post = async (index: number): Promise<void> => {
    const reply = await intake.request({
      method: 'POST',
      path: '/v1/events',
      headers: { authorization: `Token ${BENCH_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(stampedEvent(index)),
    });
    await reply.body.dump();
  };
  const bare = await barePosts(stopwatch, events);
  await atRate(PER_SECOND, WARM_UP, post);
  await arrived(stopwatch, HOOK, WARM_UP);
  stopwatch.reset();
  await atRate(PER_SECOND, events, post);
  await arrived(stopwatch, HOOK, events);
  await intake.close();
  const figureOf = (share: number, name: string, reference: number): Figure => ({
    name: `event to receiver at ${PER_SECOND}/s, ${name}`,
    unit: 'ms',
    measured: stopwatch.delay(HOOK, share),
    reference,
    referenceName: 'bare POST',
    bound: floorOf(`latency / ${name}`),
  });
  return [figureOf(0.5, 'p50', bare.p50), figureOf(0.99, 'p99', bare.p99)];
}

async function barePosts(stopwatch: Stopwatch, events: number): Promise<{ p50: number; p99: number }> {
  const pool = new Pool(stopwatch.url, { connections: 8, connect: { ca: readFileSync(stopwatch.caFile) } });
  const secret = createSecretKey(Buffer.alloc(16, 7));
  const post = async (index: number): Promise<void> => {
    const body = JSON.stringify(stampedEvent(index));
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'peridio-signature': signature };
    const reply = await pool.request({ method: 'POST', path: '/hook', headers, body });
    await reply.body.dump();
  };
  await atRate(PER_SECOND, WARM_UP, post);
  stopwatch.reset();
  await atRate(PER_SECOND, events, post);
  const delays = { p50: stopwatch.delay(HOOK, 0.5), p99: stopwatch.delay(HOOK, 0.99) };
  stopwatch.reset();
  await pool.close();
  return delays;
}

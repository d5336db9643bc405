import { Pool } from 'undici';
import { BENCH_API_KEY, type BenchWorld } from '../bench-world.js';
import { stampedEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { arrived, atRate, type Stopwatch } from '../stopwatch.js';

/** Webhooks that want the same device's events: one event goes to all of a group. */
const GROUP = 100;
const HANGING = 1;
const FAILING = 5;
const EVENTS_PER_SECOND = 4;
const HEALTHY = /^\/healthy/;

/** The p99 of the healthy among very many endpoints of which 1 % hang and 5 % fail, against all of them well, in the same processes. */
export async function crowd(world: BenchWorld, stopwatch: Stopwatch, webhooks: number): Promise<Figure> {
  stopwatch.answering = () => 0;
  stopwatch.statusOf = () => 200;
  const groups = Math.ceil(webhooks / GROUP);
  await world.configure(webhooks, stopwatch.url, {
    pathOf: (index) => `/${kindOf(Math.floor(index / groups))}${index}`,
    filterOf: (index) => ({ devices: [`device-${index % groups}`] }),
  });
  for (const app of ['ingest', 'router', 'delivery'] as const) await world.start(app, stopwatch.caFile);
  const intake = new Pool(world.apps.find(({ name }) => name === 'ingest')?.url ?? '', { connections: 16 });

  const measure = async (): Promise<number> => {
    for (const rounds of [1, 4]) {
      stopwatch.reset();
      await atRate(EVENTS_PER_SECOND, rounds * groups, async (index) => {
        const reply = await intake.request({
          method: 'POST',
          path: '/v1/events',
          headers: { authorization: `Token ${BENCH_API_KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify(stampedEvent(index % groups)),
        });
        await reply.body.dump();
        if (reply.statusCode !== 202) throw new Error(`intake answered ${reply.statusCode}`);
      });
      await arrived(stopwatch, HEALTHY, rounds * groups * (GROUP - HANGING - FAILING));
    }
    return stopwatch.delay(HEALTHY, 0.99);
  };
  const reference = await measure();
  stopwatch.answering = (path) => (path.startsWith('/hanging') ? undefined : 0);
  stopwatch.statusOf = (path) => (path.startsWith('/failing') ? 500 : 200);
  const measured = await measure();
  await intake.close();
  return {
    name: `healthy p99, of ${webhooks.toLocaleString('en')} ${HANGING} % hanging, ${FAILING} % failing`,
    unit: 'ms',
    measured,
    reference,
    referenceName: 'all well',
    bound: floorOf('isolation'),
  };
}

function kindOf(place: number): 'hanging' | 'failing' | 'healthy' {
  if (place < HANGING) return 'hanging';
  return place < HANGING + FAILING ? 'failing' : 'healthy';
}

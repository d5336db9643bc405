import { referenceDeliveriesPerCpuSecond, type Sink } from '../bench-process.js';
import { BENCH_API_KEY, until, type BenchWorld } from '../bench-world.js';
import { benchEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { cpuSecondsOfTree } from '../process-usage.js';

const BATCH = 500;

/** Posts events in arrays to the intake, a few requests at a time. */
export async function postEvents(ingestUrl: string, events: number): Promise<void> {
  let next = 0;
  const poster = async (): Promise<void> => {
    while (next < events) {
      const from = next;
      next += BATCH;
      const batch = Array.from({ length: Math.min(BATCH, events - from) }, (_, index) => benchEvent(from + index));
      const response = await fetch(`${ingestUrl}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Token ${BENCH_API_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(batch),
      });
      if (response.status === 503 || response.status === 429) next = Math.min(next, from);
      else if (response.status !== 202) throw new Error(`intake answered ${response.status}: ${await response.text()}`);
      else await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 4 }, poster));
}

/** All own processes, and with Kafka and PostgreSQL: events in over HTTP, deliveries out, history written. */
export async function pipeline(
  world: BenchWorld,
  sink: Sink,
  options: {
    events: number;
    fanOut: number;
    infrastructurePids: readonly number[];
    bounds: { own: number; all: number };
  },
): Promise<Figure[]> {
  const { events, fanOut } = options;
  const deliveries = events * fanOut;
  const reference = await referenceDeliveriesPerCpuSecond(sink, Math.min(deliveries, 50_000));
  await world.configure(fanOut, sink.url);
  for (const app of ['ingest', 'router', 'delivery', 'recorder'] as const) await world.start(app, sink.caFile);
  const ingest = world.apps.find((app) => app.name === 'ingest')?.url ?? '';
  const infrastructureCpu = (): number =>
    options.infrastructurePids.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0);

  const warmUp = Math.ceil(5_000 / fanOut);
  const start = await sink.received();
  await postEvents(ingest, warmUp);
  await until(async () => (await sink.received()) - start >= warmUp * fanOut, 120_000, 'the warm-up is delivered');
  await until(async () => (await recordedRows(world)) >= warmUp * fanOut, 120_000, 'the warm-up is recorded');

  const [warm, ownBefore, infraBefore] = [await sink.received(), world.cpuSeconds(), infrastructureCpu()];
  await postEvents(ingest, events);
  await until(async () => (await sink.received()) - warm >= deliveries, 600_000, 'all is delivered');
  await until(async () => (await recordedRows(world)) >= warmUp * fanOut + deliveries, 300_000, 'all is recorded');
  const own = world.cpuSeconds() - ownBefore;
  const all = own + infrastructureCpu() - infraBefore;
  const common = { unit: 'deliveries/CPU-s', reference, referenceName: 'bare undici request loop' };
  const figures: Figure[] = [
    {
      ...common,
      name: `all own processes, 1 -> ${fanOut}`,
      measured: deliveries / own,
      bound: { atLeast: options.bounds.own },
    },
  ];
  if (options.infrastructurePids.length > 0) {
    figures.push({
      ...common,
      name: `with Kafka and PostgreSQL, 1 -> ${fanOut}`,
      measured: deliveries / all,
      bound: { atLeast: options.bounds.all },
    });
  }
  return figures;
}

/** Attempts in the history so far, by the recorder's own count. */
async function recordedRows(world: BenchWorld): Promise<number> {
  const recorder = world.apps.find((app) => app.name === 'recorder');
  if (recorder === undefined) return 0;
  const text = await (await fetch(`${recorder.url}/metrics`)).text();
  return Number(/fleethook_recorder_rows_total\{table="attempts"\} (\d+)/.exec(text)?.[1] ?? 0);
}

import type { Sink } from '../bench-process.js';
import { AS_MANY_AS_THE_REFERENCE, BENCH_API_KEY, until, type BenchWorld } from '../bench-world.js';
import { benchEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { inTurnsWithReference, spentSince, totalOf, type CpuSecondsBy, type Slice } from '../reference.js';
import { cpuSecondsOfTree } from '../../support/process-usage.js';

const BATCH = 500;
const WARM_UP = 30_000;
/** Each look makes the recorder write all its metrics. */
const LOOK_EVERY_MS = 200;

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
    deliveries: number;
    fanOut: number;
    infrastructurePids: Readonly<Record<string, number>>;
    /** In the file of floors. */
    floors: 'pipeline' | 'fan-out';
  },
): Promise<Figure[]> {
  const { fanOut, floors, infrastructurePids } = options;
  await world.configure(fanOut, sink.url);
  for (const app of ['ingest', 'router', 'delivery', 'recorder'] as const)
    await world.start(app, sink.caFile, AS_MANY_AS_THE_REFERENCE);
  const cpuSecondsBy = (): CpuSecondsBy => ({
    ...world.cpuSecondsBy(),
    ...Object.fromEntries(Object.entries(infrastructurePids).map(([name, pid]) => [name, cpuSecondsOfTree(pid)])),
  });
  let recorded = 0;
  const deliver = async (wanted: number): Promise<Slice> => {
    const events = Math.ceil(wanted / fanOut);
    const deliveries = events * fanOut;
    const [end, before] = [(await sink.received()) + deliveries, cpuSecondsBy()];
    await postEvents(world.app('ingest').url, events);
    await until(async () => (await sink.received()) >= end, 600_000, 'all is delivered');
    recorded += deliveries;
    await until(async () => (await recordedRows(world)) >= recorded, 300_000, 'all is recorded', LOOK_EVERY_MS);
    return { deliveries, cpuSecondsBy: spentSince(before, cpuSecondsBy()) };
  };
  // Kafka, too, compiles what is hot while it runs.
  await deliver(WARM_UP);
  const taken = await inTurnsWithReference(sink, options.deliveries, deliver);
  const own = Object.fromEntries(Object.entries(taken.cpuSecondsBy).filter(([name]) => !(name in infrastructurePids)));
  const figureOf = (name: string, seconds: CpuSecondsBy, floor: string): Figure => ({
    name,
    unit: 'deliveries/CPU-s',
    measured: taken.deliveries / totalOf(seconds),
    reference: taken.reference,
    referenceName: 'bare undici request loop',
    bound: floorOf(`${floors} / ${floor}`),
    cpuMicrosBy: Object.fromEntries(
      Object.entries(seconds).map(([process, spent]) => [process, (spent / taken.deliveries) * 1e6]),
    ),
  });
  const figures = [figureOf(`all own processes, 1 -> ${fanOut}`, own, 'own processes')];
  if (Object.keys(infrastructurePids).length > 0)
    figures.push(
      figureOf(`with Kafka and PostgreSQL, 1 -> ${fanOut}`, taken.cpuSecondsBy, 'with Kafka and PostgreSQL'),
    );
  return figures;
}

/** Attempts in the history so far, by the recorder's own count. */
async function recordedRows(world: BenchWorld): Promise<number> {
  const text = await (await fetch(`${world.app('recorder').url}/metrics`)).text();
  return Number(/fleethook_recorder_rows_total\{table="attempts"\} (\d+)/.exec(text)?.[1] ?? 0);
}

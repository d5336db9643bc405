import { besideReference, type Sink } from '../bench-process.js';
import { AS_MANY_AS_THE_REFERENCE, BENCH_API_KEY, until, type BenchWorld } from '../bench-world.js';
import { benchEvent } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { cpuSecondsOfTree } from '../../support/process-usage.js';

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
    infrastructurePids: Readonly<Record<string, number>>;
    /** In the file of floors. */
    floors: 'pipeline' | 'fan-out';
  },
): Promise<Figure[]> {
  const { events, fanOut, floors } = options;
  const deliveries = events * fanOut;
  const { measured, reference } = await besideReference(sink, Math.min(deliveries, 50_000), () =>
    carryAll(world, sink, options),
  );
  const own = Object.fromEntries(Object.entries(measured).filter(([name]) => !(name in options.infrastructurePids)));
  const figureOf = (name: string, cpuSecondsBy: Record<string, number>, floor: string): Figure => ({
    name,
    unit: 'deliveries/CPU-s',
    measured: deliveries / Object.values(cpuSecondsBy).reduce((sum, seconds) => sum + seconds, 0),
    reference,
    referenceName: 'bare undici request loop',
    bound: floorOf(`${floors} / ${floor}`),
    cpuMicrosBy: Object.fromEntries(
      Object.entries(cpuSecondsBy).map(([process, seconds]) => [process, (seconds / deliveries) * 1e6]),
    ),
  });
  const figures = [figureOf(`all own processes, 1 -> ${fanOut}`, own, 'own processes')];
  if (Object.keys(options.infrastructurePids).length > 0)
    figures.push(figureOf(`with Kafka and PostgreSQL, 1 -> ${fanOut}`, measured, 'with Kafka and PostgreSQL'));
  return figures;
}

/** @returns CPU seconds by process, own and infrastructure's */
async function carryAll(
  world: BenchWorld,
  sink: Sink,
  options: { events: number; fanOut: number; infrastructurePids: Readonly<Record<string, number>> },
): Promise<Record<string, number>> {
  const { events, fanOut } = options;
  await world.configure(fanOut, sink.url);
  for (const app of ['ingest', 'router', 'delivery', 'recorder'] as const)
    await world.start(app, sink.caFile, AS_MANY_AS_THE_REFERENCE);
  const ingest = world.apps.find((app) => app.name === 'ingest')?.url ?? '';
  const cpuSecondsBy = (): Record<string, number> => ({
    ...world.cpuSecondsBy(),
    ...Object.fromEntries(
      Object.entries(options.infrastructurePids).map(([name, pid]) => [name, cpuSecondsOfTree(pid)]),
    ),
  });

  // Kafka, too, compiles what is hot while it runs.
  const warmUp = Math.ceil(20_000 / fanOut);
  const start = await sink.received();
  await postEvents(ingest, warmUp);
  await until(async () => (await sink.received()) - start >= warmUp * fanOut, 120_000, 'the warm-up is delivered');
  await until(async () => (await recordedRows(world)) >= warmUp * fanOut, 120_000, 'the warm-up is recorded');

  const [warm, before] = [await sink.received(), cpuSecondsBy()];
  await postEvents(ingest, events);
  await until(async () => (await sink.received()) - warm >= events * fanOut, 600_000, 'all is delivered');
  await until(async () => (await recordedRows(world)) >= (warmUp + events) * fanOut, 300_000, 'all is recorded');
  return Object.fromEntries(
    Object.entries(cpuSecondsBy()).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
  );
}

/** Attempts in the history so far, by the recorder's own count. */
async function recordedRows(world: BenchWorld): Promise<number> {
  const recorder = world.apps.find((app) => app.name === 'recorder');
  if (recorder === undefined) return 0;
  const text = await (await fetch(`${recorder.url}/metrics`)).text();
  return Number(/fleethook_recorder_rows_total\{table="attempts"\} (\d+)/.exec(text)?.[1] ?? 0);
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchWorld } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { postEvents } from './pipeline.js';

/** Events per CPU-second into ingest, against a bare kafkajs producer that sends the same records in batches of the same size. */
export async function intake(world: BenchWorld, caFile: string, events: number): Promise<Figure> {
  const reference = await referenceEventsPerCpuSecond(world.connection.brokers, events);
  await world.configure(1, 'https://localhost:1');
  const ingest = await world.start('ingest', caFile);
  await postEvents(ingest.url, 20_000);
  const before = world.cpuSeconds();
  await postEvents(ingest.url, events);
  const measured = events / (world.cpuSeconds() - before);
  return {
    name: 'apps/ingest, batches of 500',
    unit: 'events/CPU-s',
    measured,
    reference,
    referenceName: 'bare kafkajs producer',
    bound: floorOf('intake'),
  };
}

async function referenceEventsPerCpuSecond(brokers: readonly string[], events: number): Promise<number> {
  const child = fork(
    fileURLToPath(new URL('../reference-producer.js', import.meta.url)),
    [brokers.join(','), String(events)],
    {
      // As it comes, the client sets timers of less than nothing.
      execArgv: [...process.execArgv, '--disable-warning=TimeoutNegativeWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const [message] = (await once(child, 'message')) as [{ cpuSeconds: number }];
  await once(child, 'exit');
  return events / message.cpuSeconds;
}

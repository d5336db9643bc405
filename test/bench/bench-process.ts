import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SinkListening } from './sink.js';

/** Starts a script of this folder (built) as a process of its own. */
function start(script: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`./${script}.js`, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

export class Sink implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly caFile: string,
  ) {}

  static async start(): Promise<Sink> {
    const child = start('sink', []);
    const [message] = (await once(child, 'message')) as [SinkListening];
    return new Sink(child, message.url, message.caFile);
  }

  async received(): Promise<number> {
    const answer = once(this.child, 'message') as Promise<[{ received: number }]>;
    this.child.send('received?');
    const [message] = await answer;
    return message.received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}

/**
 * Takes a figure between two runs of the bare loop: what else the machine does changes from minute to minute, and with it what a
 * microsecond of CPU is worth.
 * @returns what was measured, and deliveries per CPU-second of the bare loop over both runs
 */
export async function besideReference<T>(
  sink: Sink,
  count: number,
  measure: () => Promise<T>,
): Promise<{ measured: T; reference: number }> {
  const before = await referenceDeliveriesPerCpuSecond(sink, count);
  const measured = await measure();
  const after = await referenceDeliveriesPerCpuSecond(sink, count);
  return { measured, reference: 2 / (1 / before + 1 / after) };
}

/** Deliveries per CPU-second of the bare loop, now, on this machine. */
async function referenceDeliveriesPerCpuSecond(sink: Sink, count: number): Promise<number> {
  const child = start('reference-loop', [sink.url, sink.caFile, String(count)]);
  const [message] = (await once(child, 'message')) as [{ cpuSeconds: number }];
  await once(child, 'exit');
  return count / message.cpuSeconds;
}

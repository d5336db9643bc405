import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startScript, type Sink } from './bench-process.js';

/** Deliveries of the bare loop between two slices, and of one slice of what is measured: a few seconds each. */
const REFERENCE_DELIVERIES = 15_000;
const SLICE_DELIVERIES = 30_000;

/** CPU seconds, by process. */
export type CpuSecondsBy = Readonly<Record<string, number>>;

export const totalOf = (seconds: CpuSecondsBy): number => Object.values(seconds).reduce((sum, one) => sum + one, 0);

/** The bare loop as a process that stays, and stays warm. */
class Reference implements AsyncDisposable {
  private constructor(private readonly child: ChildProcess) {}

  static async start(sink: Sink): Promise<Reference> {
    const child = startScript('reference-loop', [sink.url, sink.caFile]);
    await once(child, 'message');
    return new Reference(child);
  }

  /** @returns CPU seconds that so many deliveries took */
  async deliver(count: number): Promise<number> {
    const answer = once(this.child, 'message') as Promise<[{ cpuSeconds: number }]>;
    this.child.send({ count });
    const [message] = await answer;
    return message.cpuSeconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}

/** What one slice came to. */
export interface Slice {
  readonly deliveries: number;
  readonly cpuSecondsBy: CpuSecondsBy;
}

/** What was spent since the first of two looks. */
export function spentSince(before: CpuSecondsBy, after: CpuSecondsBy): CpuSecondsBy {
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}

/**
 * Takes a figure in slices, in turns with the bare loop. What a microsecond of CPU is worth changes within seconds on a machine that
 * others use, and both sides have to be at it.
 * @param measure makes so many deliveries, and resolves when nothing is left to do of them
 * @returns the sum of all slices, and deliveries per CPU-second of the bare loop
 */
export async function inTurnsWithReference(
  sink: Sink,
  deliveries: number,
  measure: (deliveries: number) => Promise<Slice>,
): Promise<Slice & { reference: number }> {
  await using reference = await Reference.start(sink);
  const slices = Math.max(1, Math.round(deliveries / SLICE_DELIVERIES));
  const spent: Record<string, number> = {};
  let delivered = 0;
  let referenceSeconds = await reference.deliver(REFERENCE_DELIVERIES);
  for (let slice = 0; slice < slices; slice++) {
    const taken = await measure(Math.ceil(deliveries / slices));
    delivered += taken.deliveries;
    for (const [name, seconds] of Object.entries(taken.cpuSecondsBy)) spent[name] = (spent[name] ?? 0) + seconds;
    referenceSeconds += await reference.deliver(REFERENCE_DELIVERIES);
  }
  return {
    deliveries: delivered,
    cpuSecondsBy: spent,
    reference: ((slices + 1) * REFERENCE_DELIVERIES) / referenceSeconds,
  };
}

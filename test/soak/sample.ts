import { readdirSync } from 'node:fs';
import type { AppName } from '@fleethook/config';
import { residentBytesOf } from '../support/process-usage.js';
import type { World } from '../support/world.js';

const MIB = 1_048_576;

/** What a soak looks at, of one moment; a name is a series of the plot. */
export type Sample = Readonly<Record<string, number>>;

/** Memory and handles of every process: files and sockets as the kernel counts them, live handles as Node does. */
export async function sampleProcesses(world: World, apps: readonly AppName[]): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const name of apps) {
    const app = world.app(name);
    sample[`${name} rss MiB`] = residentBytesOf(app.pid) / MIB;
    sample[`${name} files`] = readdirSync(`/proc/${app.pid}/fd`).length;
    sample[`${name} handles`] = await app.metric('fleethook_nodejs_active_handles_total');
    sample[`${name} heap MiB`] = (await app.metric('fleethook_nodejs_heap_size_used_bytes')) / MIB;
  }
  return sample;
}

/** Delays since they were last asked for, in milliseconds. */
export class Delays {
  #taken: number[] = [];

  add(delayMs: number): void {
    this.#taken.push(delayMs);
  }

  /** @returns the median and the 99th percentile, and forgets */
  take(): { p50: number; p99: number } {
    const sorted = this.#taken.toSorted((one, other) => one - other);
    this.#taken = [];
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }
}

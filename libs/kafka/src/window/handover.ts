import { decodeMetadata } from './commit-metadata.js';
import type { Scheduler } from './scheduler.js';
import type { SettledOffsets } from './settled-offsets.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a group has committed for a partition; a negative offset means nothing. */
export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
  readonly metadata: string | null;
}

/** The offsets that a partition's log holds: from `low`, up to `high` without it. */
export interface LogRange extends TopicPartition {
  readonly low: number;
  readonly high: number;
}

/**
 * How a partition came to us. `fresh`: nothing was committed, or not by us. `released`: its owner let go with nothing in flight.
 * `grace`: its owner did not let go in time; what it had in flight will be handled again.
 */
export type HandoverKind = 'fresh' | 'released' | 'grace';

export interface Handover {
  readonly kind: HandoverKind;
  /** Where to start. */
  readonly position: number;
  readonly settledBefore: SettledOffsets;
  /** The committed metadata was not ours. */
  readonly foreign: boolean;
  readonly waitedMs: number;
}

export interface HandoverOptions {
  /** The longest that work which has begun may go on: an owner that is alive releases within it. */
  readonly graceMs: number;
  readonly pollMs: number;
  readonly scheduler: Scheduler;
  readonly readCommitted: (partitions: readonly TopicPartition[]) => Promise<readonly CommittedOffset[]>;
  readonly readLogRanges: (partitions: readonly TopicPartition[]) => Promise<readonly LogRange[]>;
  readonly onError: (error: unknown) => void;
}

/** The new owner waits a little longer than the old one may still forward. */
const MARGIN_MS = 250;
const MAX_ERROR_PAUSE_MS = 2_000;

interface Waiting<P> {
  readonly sinceMs: number;
  readonly onReady: (partition: P, handover: Handover) => void;
}

/**
 * The eager protocol moves a partition while its old owner still has records in flight. So each owner claims (commits `1:`) before it
 * dispatches anything and releases (commits `r:`) once nothing is in flight; a new owner waits for the `r:`, or for the grace to pass.
 *
 *   old owner   ── 1: ──────────── lost │ in flight … │ r:
 *   new owner                    joined │ poll … poll … poll │ 1: │ dispatch
 */
export class HandoverWait<P extends TopicPartition> {
  readonly #waiting = new Map<P, Waiting<P>>();
  #polling = false;
  #errorPauseMs = 0;

  constructor(private readonly options: HandoverOptions) {}

  add(partition: P, onReady: Waiting<P>['onReady']): void {
    this.#waiting.set(partition, { sinceMs: this.options.scheduler.now(), onReady });
    if (this.#polling) return;
    this.#polling = true;
    queueMicrotask(() => void this.#poll());
  }

  remove(partition: P): void {
    this.#waiting.delete(partition);
  }

  clear(): void {
    this.#waiting.clear();
  }

  async #poll(): Promise<void> {
    try {
      if (this.#waiting.size > 0) await this.#look([...this.#waiting.keys()]);
      this.#errorPauseMs = 0;
    } catch (error) {
      this.#errorPauseMs = Math.min(MAX_ERROR_PAUSE_MS, Math.max(this.options.pollMs, this.#errorPauseMs * 2));
      this.options.onError(error);
    }
    if (this.#waiting.size === 0) this.#polling = false;
    else
      this.options.scheduler.after(Math.max(this.options.pollMs, this.#errorPauseMs), () => {
        void this.#poll();
      });
  }

  async #look(partitions: readonly P[]): Promise<void> {
    const askedAtMs = this.options.scheduler.now();
    const committed = indexed(await this.options.readCommitted(partitions));
    const uncommitted: P[] = [];
    for (const partition of partitions) {
      const found = committed.get(nameOf(partition));
      if (found === undefined) continue;
      if (found.offset < 0) uncommitted.push(partition);
      else this.#decide(partition, found, askedAtMs);
    }
    // Emptied while the answer was on its way: whoever did it may be closing the client.
    if (uncommitted.length === 0 || this.#waiting.size === 0) return;
    const ranges = indexed(await this.options.readLogRanges(uncommitted));
    for (const partition of uncommitted) {
      const range = ranges.get(nameOf(partition));
      if (range !== undefined) this.#hand(partition, 'fresh', range.low, decodeMetadata(null, range.low));
    }
  }

  #decide(partition: P, committed: CommittedOffset, askedAtMs: number): void {
    const decoded = decodeMetadata(committed.metadata, committed.offset);
    if (decoded.mark === 'released') this.#hand(partition, 'released', committed.offset, decoded);
    else if (decoded.mark !== 'owned') this.#hand(partition, 'fresh', committed.offset, decoded);
    else {
      const sinceMs = this.#waiting.get(partition)?.sinceMs ?? askedAtMs;
      // By the time of asking: an answer from before the end of the grace could miss the release.
      if (askedAtMs - sinceMs >= this.options.graceMs + MARGIN_MS)
        this.#hand(partition, 'grace', committed.offset, decoded);
    }
  }

  #hand(partition: P, kind: HandoverKind, position: number, decoded: ReturnType<typeof decodeMetadata>): void {
    const waiting = this.#waiting.get(partition);
    if (waiting === undefined) return;
    this.#waiting.delete(partition);
    waiting.onReady(partition, {
      kind,
      position,
      settledBefore: decoded.settled,
      foreign: decoded.mark === 'foreign',
      waitedMs: this.options.scheduler.now() - waiting.sinceMs,
    });
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}

function indexed<T extends TopicPartition>(found: readonly T[]): Map<string, T> {
  return new Map(found.map((one) => [nameOf(one), one]));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, Metrics } from '@fleethook/observability';
import { StoreError, type ReplayEnd, type ReplayEntity, type ReplayProgress, type ReplayState } from '@fleethook/store';
import { Pace } from './pace.js';
import type { ReplayItem, ReplaySource } from './replay-source.js';
import type { ReplaySink } from './replay-sink.js';

/** Waits shorter than this are made up for by the next longer one. */
const LEAST_WAIT_MS = 5;

export interface ReplayRunTimes {
  /** What was done since is done again after a crash. */
  readonly saveIntervalMs: number;
  /** While PostgreSQL is away. */
  readonly storeRetryMs: number;
}

const TIMES: ReplayRunTimes = { saveIntervalMs: 1_000, storeRetryMs: 1_000 };

/** What a run needs of the outside. */
export abstract class ReplayRunPorts {
  /** @returns the state that it has by now; undefined: it is not ours any more */
  abstract save(progress: ReplayProgress): Promise<ReplayState | undefined>;
  /** Why nothing more may be sent; undefined: go on. */
  abstract obstacle(): Promise<ReplayEnd | undefined>;
}

/**
 * One run of a replay, from its position until it ends or is stopped. Each second it waits until Kafka has what was sent, then saves how
 * far it has come: so position and counts are exact, and a kill repeats about a second's worth.
 */
export class ReplayRun {
  readonly #pace: Pace;
  readonly #scannedMetric;
  readonly #skippedMetric;
  readonly #position;
  #scanned: number;
  #matched: number;
  #skipped: number;
  readonly #sentBefore: number;
  #total: number | null;
  #savedAtMs = performance.now();

  constructor(
    private readonly replay: ReplayEntity,
    private readonly sources: readonly ReplaySource[],
    private readonly sink: ReplaySink,
    private readonly ports: ReplayRunPorts,
    private readonly observed: { readonly log: Log; readonly metrics: Metrics },
    private readonly signal: AbortSignal,
    private readonly times = TIMES,
  ) {
    this.#pace = new Pace(replay.ratePerSecond);
    this.#scannedMetric = observed.metrics.replayRecords.labels('scanned');
    this.#skippedMetric = observed.metrics.replayRecords.labels('skipped');
    this.#position = structuredClone(replay.position);
    ({ scanned: this.#scanned, matched: this.#matched, skipped: this.#skipped } = replay);
    this.#sentBefore = replay.sent;
    this.#total = replay.total;
  }

  /** Records that are still to be looked at, if that is known. */
  get remaining(): number {
    return Math.max(0, (this.#total ?? this.#scanned) - this.#scanned);
  }

  /** Records to be looked at in all, if that is known; else those that have been. */
  get scope(): number {
    return this.#total ?? this.#scanned;
  }

  /** @returns how it ended; undefined when it was stopped, and goes on later or nevermore */
  async run(): Promise<ReplayEnd | undefined> {
    const obstacle = await this.ports.obstacle();
    if (obstacle !== undefined) return obstacle;
    await this.#open();
    for (const source of this.sources) {
      for await (const items of source.items(this.#position, this.signal)) {
        for (const item of items) {
          if (!(await this.#handle(item))) return this.#stop();
          if (performance.now() - this.#savedAtMs < this.times.saveIntervalMs) continue;
          const verdict = await this.#checkpoint();
          if (verdict !== 'go_on') return verdict;
        }
      }
      if (this.signal.aborted) return this.#stop();
    }
    const verdict = await this.#checkpoint();
    return verdict === 'go_on' ? { state: 'completed', reason: null } : verdict;
  }

  /** The total is known once, at the first run: later ones have less to go. */
  async #open(): Promise<void> {
    let total: number | null = 0;
    for (const source of this.sources) {
      const records = await source.open(this.#position);
      total = total === null || records === undefined ? null : total + records;
    }
    this.#total ??= total;
    // The offsets of the window are fixed from here on, whatever comes.
    await this.#checkpoint();
  }

  /** @returns false when it was stopped before the item was taken */
  async #handle(item: ReplayItem): Promise<boolean> {
    const { scanned, skipped, delivery } = item;
    if (delivery !== undefined && !this.replay.dryRun) {
      const waitMs = this.#pace.take(performance.now());
      if (waitMs > LEAST_WAIT_MS) await sleep(waitMs, undefined, { signal: this.signal }).catch(() => undefined);
      // What was taken is passed, whatever comes: it is counted when Kafka has it.
      if (!(await this.sink.put(delivery))) return false;
    } else if (this.signal.aborted) return false;
    if (delivery !== undefined) this.#matched += 1;
    this.#matched += skipped;
    this.#scanned += scanned;
    this.#skipped += skipped;
    item.pass();
    this.#scannedMetric.inc(scanned);
    this.#skippedMetric.inc(skipped);
    return true;
  }

  /** Waits for PostgreSQL, too: what is not saved must not grow. */
  async #checkpoint(): Promise<'go_on' | ReplayEnd | undefined> {
    if (!(await this.sink.flush())) return undefined;
    for (;;) {
      try {
        const state = await this.ports.save(this.#progress());
        this.#savedAtMs = performance.now();
        if (state !== this.replay.state || this.signal.aborted) return undefined;
        return (await this.ports.obstacle()) ?? 'go_on';
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'DATABASE_UNAVAILABLE') throw error;
        if (this.signal.aborted) return undefined;
        this.observed.log.warn({ event: 'replay.waiting', replay: this.replay.prn, error }, 'progress cannot be saved');
        await sleep(this.times.storeRetryMs, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }

  /** What Kafka has is worth remembering. */
  async #stop(): Promise<undefined> {
    await this.#checkpoint();
    return undefined;
  }

  #progress(): ReplayProgress {
    const { sent, refused } = this.sink;
    return {
      position: this.#position,
      scanned: this.#scanned,
      matched: this.#matched,
      sent: this.#sentBefore + sent,
      skipped: this.#skipped + refused,
      total: this.#total,
    };
  }
}

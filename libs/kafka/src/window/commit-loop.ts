import { MARK_LENGTH } from './commit-metadata.js';
import type { Scheduler } from './scheduler.js';

export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/**
 * `rejoin`: the group moves on without this generation; the next join commits again. `metadata_too_large`: the broker allows less than
 * Kafka's default. `failed`: anything else, after the client's own retries.
 */
export type CommitResult = 'committed' | 'rejoin' | 'metadata_too_large' | 'failed';

/** Something whose offset may have to be committed. */
export interface Committable {
  /** What to commit now and clears its dirty mark; undefined when there is nothing new. */
  prepareCommit(): OffsetToCommit | undefined;
  /** @param committed what it had prepared */
  onCommitted(committed: OffsetToCommit): void;
  /** It is as dirty as before. */
  onCommitFailed(): void;
}

export interface CommitLoopOptions {
  readonly intervalMs: number;
  /** So many settled records commit at once, without waiting for the interval. */
  readonly settledThreshold: number;
  readonly scheduler: Scheduler;
  /** Everything that may be dirty. */
  readonly sources: () => Iterable<Committable>;
  /** Never rejects. */
  readonly commit: (offsets: readonly OffsetToCommit[]) => Promise<CommitResult>;
  readonly onResult: (result: CommitResult) => void;
}

/** A last commit that is refused is tried again for so long: the group may just be moving on. */
const LAST_TRIES_MS = 1_500;
const LAST_COMMIT_PAUSE_MS = 100;
/** For its answer: with Kafka away the client tries on for longer than a stopping process has. */
const LAST_ANSWER_WITHIN_MS = 8_000;

/**
 * Commits what is dirty: one request for all partitions, one in flight, since two that overlap could land in reverse order.
 * A commit states a fact (all below is settled), so one that lands late costs repeats at most.
 */
export class CommitLoop {
  #cancelTimer: (() => void) | undefined;
  #inFlight: Promise<void> | undefined;
  #settledSinceCommit = 0;
  #wanted = false;
  #waitsForJoin = false;
  #joins = 0;
  #closed = false;
  /** 0: mark and bitmap; 1: mark only; 2: nothing. */
  #metadataReduction = 0;

  constructor(private readonly options: CommitLoopOptions) {}

  start(): void {
    this.#cancelTimer ??= this.options.scheduler.after(this.options.intervalMs, () => {
      this.#cancelTimer = undefined;
      if (this.#closed) return;
      this.start();
      this.#run();
    });
  }

  /** One more record was settled. */
  countSettled(): void {
    if (++this.#settledSinceCommit >= this.options.settledThreshold) {
      this.#settledSinceCommit = 0;
      this.soon();
    }
  }

  /** Commits within this tick, together with whatever else asks for it. */
  soon(): void {
    if (this.#wanted || this.#closed) return;
    this.#wanted = true;
    if (this.#inFlight === undefined) queueMicrotask(() => this.#run());
  }

  /** The group rebalances: the last chance for this generation, so it leaves now, even beside one in flight. */
  commitBeforeRejoin(): void {
    void this.#commit();
    this.#waitsForJoin = true;
  }

  /** The group has a generation that we are part of. */
  onJoined(): void {
    this.#joins++;
    this.#waitsForJoin = false;
    this.#wanted = false;
    this.soon();
  }

  /**
   * Commits what is left and ends. What does not get out is done again by the next owner, so a commit that fails (the group may just be
   * moving on) is tried again for a moment.
   * @returns whether everything got out
   */
  close(): Promise<boolean> {
    this.#closed = true;
    this.#cancelTimer?.();
    return new Promise((resolve) => {
      const cancel = this.options.scheduler.after(LAST_ANSWER_WITHIN_MS, () => resolve(false));
      void this.#commitLast().then((committed) => {
        cancel();
        resolve(committed);
      });
    });
  }

  async #commitLast(): Promise<boolean> {
    await this.#inFlight;
    const { scheduler } = this.options;
    const giveUpAtMs = scheduler.now() + LAST_TRIES_MS;
    for (;;) {
      const reduction = this.#metadataReduction;
      const result = await this.#commit();
      if (result === 'committed') return true;
      if (reduction !== this.#metadataReduction) continue;
      if (result === 'metadata_too_large' || scheduler.now() >= giveUpAtMs) return false;
      await new Promise<void>((resolve) => {
        scheduler.after(LAST_COMMIT_PAUSE_MS, resolve);
      });
    }
  }

  #run(): void {
    if (this.#inFlight !== undefined || this.#waitsForJoin || this.#closed) return;
    this.#wanted = false;
    const joins = this.#joins;
    this.#inFlight = this.#commit().then((result) => {
      this.#inFlight = undefined;
      // An answer to the generation before the last join says nothing about this one.
      if (result === 'rejoin' && joins === this.#joins) this.#waitsForJoin = true;
      else if (result !== 'failed' && this.#wanted) this.#run();
    });
  }

  async #commit(): Promise<CommitResult> {
    const committing: [Committable, OffsetToCommit][] = [];
    const offsets: OffsetToCommit[] = [];
    for (const source of this.options.sources()) {
      const offset = source.prepareCommit();
      if (offset === undefined) continue;
      committing.push([source, offset]);
      offsets.push({ ...offset, metadata: this.#reduced(offset.metadata) });
    }
    if (offsets.length === 0) return 'committed';
    const reduction = this.#metadataReduction;
    const result = await this.options.commit(offsets);
    this.options.onResult(result);
    if (result === 'metadata_too_large' && reduction === this.#metadataReduction && reduction < 2) {
      this.#metadataReduction++;
      this.#wanted = true;
    }
    for (const [source, offset] of committing) {
      if (result === 'committed') source.onCommitted(offset);
      else source.onCommitFailed();
    }
    return result;
  }

  #reduced(metadata: string): string {
    if (this.#metadataReduction === 0) return metadata;
    return this.#metadataReduction === 1 ? metadata.slice(0, MARK_LENGTH) : '';
  }
}

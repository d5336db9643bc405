import { SettledOffsets } from '../../window/settled-offsets.js';
import { CommitLoop, type CommitResult, type OffsetToCommit } from '../../window/commit-loop.js';
import {
  HandoverWait,
  type CommittedOffset,
  type Handover,
  type LogRange,
  type TopicPartition,
} from '../../window/handover.js';
import type { WindowLimits } from '../../window/partition-window.js';
import type { Scheduler } from '../../window/scheduler.js';
import type { KafkaBatch } from '../kafka-batch.js';
import { Membership } from '../group/membership.js';
import { OwnedPartition } from './owned-partition.js';
import type { FetchedBatch, FlowControl, PartitionContext } from './partition-context.js';

/** What the engine asks of a group member, so that it can be tested without Kafka. */
export interface GroupPort extends FlowControl {
  /** Never rejects, and sends before it returns. */
  commit(offsets: readonly OffsetToCommit[]): Promise<CommitResult>;
  readCommitted(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>;
  readLogRanges(partitions: readonly TopicPartition[]): Promise<readonly LogRange[]>;
}

/** What the engine tells: for the log and the metrics. */
export interface EngineObserver {
  onHandover(partition: TopicPartition, handover: Handover): void;
  onHandlerFailure(partition: TopicPartition, error: unknown, retryInMs: number): void;
  /** A question to Kafka went unanswered; it is asked again. */
  onQuestionFailed(error: unknown): void;
  onExpired(partition: TopicPartition, offsets: number): void;
  onRecreated(partition: TopicPartition, range: LogRange): void;
  onZombie(result: 'settled' | 'abandoned'): void;
  onCommit(result: CommitResult): void;
}

export interface EngineOptions {
  readonly limits: WindowLimits;
  readonly graceMs: number;
  readonly sessionTimeoutMs: number;
  readonly commitIntervalMs: number;
  readonly commitThreshold: number;
  readonly handoverPollMs: number;
  readonly scheduler: Scheduler;
  readonly port: GroupPort;
  readonly observer: EngineObserver;
  readonly handle: (batch: KafkaBatch) => unknown;
  readonly topicNameOf: (topic: string) => string;
}

export type Assignment = Readonly<Record<string, readonly number[]>>;

/**
 * The partitions of one group member across its assignments. At most one live window per partition; a lost one is released while we are
 * still the member we were, else detached: then others may have owned it.
 *
 *   joined ─ new ──▶ wait for release or grace ─▶ claim ─▶ fetch, dispatch, commit
 *          ─ kept ─▶ seek back to our position: the client has forgotten it
 *          ─ lost ─▶ drop what waits, let end what is in flight, commit `r:`
 */
export class AssignedPartitions {
  #memberId: string | undefined;
  #owned = new Map<string, Map<number, OwnedPartition>>();
  readonly #releasing = new Set<OwnedPartition>();
  readonly #commits: CommitLoop;
  readonly #handovers: HandoverWait<OwnedPartition>;
  readonly #context: PartitionContext<OwnedPartition>;
  readonly #membership: Membership;
  #isDraining = false;
  #noteQuiet: () => void = () => {};

  constructor(private readonly options: EngineOptions) {
    const { port, observer, scheduler } = options;
    this.#membership = new Membership(options);
    this.#commits = new CommitLoop({
      intervalMs: options.commitIntervalMs,
      settledThreshold: options.commitThreshold,
      scheduler,
      sources: () => this.#committable(),
      commit: (offsets) => port.commit(offsets),
      onResult: (result) => observer.onCommit(result),
    });
    this.#handovers = new HandoverWait({
      get graceMs() {
        return options.graceMs;
      },
      pollMs: options.handoverPollMs,
      scheduler,
      readCommitted: (partitions) => port.readCommitted(partitions),
      readLogRanges: (partitions) => port.readLogRanges(partitions),
      onError: (error) => observer.onQuestionFailed(error),
    });
    this.#context = {
      limits: options.limits,
      get graceMs() {
        return options.graceMs;
      },
      scheduler,
      flow: port,
      commits: this.#commits,
      isSurelyMember: () => this.#membership.isSure,
      handle: options.handle,
      readLogRange: async (partition) =>
        (await port.readLogRanges([partition])).find((range) => isSame(range, partition)),
      onHandlerFailure: (partition, error, retryInMs) => observer.onHandlerFailure(partition, error, retryInMs),
      onCheckFailure: (_partition, error) => observer.onQuestionFailed(error),
      onExpired: (partition, offsets) => observer.onExpired(partition, offsets),
      onZombie: (result) => observer.onZombie(result),
      onQuiet: () => this.#noteQuiet(),
      onGone: (partition) => this.#forget(partition),
      onRecreated: (partition, range) => this.#startAnew(partition, range),
    };
    this.#commits.start();
  }

  /** The group is about to move on: what is settled goes out under the old generation, synchronously. */
  onRebalancing(): void {
    this.#commits.commitBeforeRejoin();
    this.#membership.rejoining();
  }

  /** @param ageMs how long ago the brokers were asked for it */
  onHeartbeat(ageMs = 0): void {
    this.#membership.confirm(ageMs);
    for (const partition of this.#committable()) partition.onMemberConfirmed();
  }

  /** @param ageMs how long ago the brokers were asked for the assignment */
  onJoined(memberId: string, assignment: Assignment, ageMs = 0): void {
    const hasStoodStill = this.#membership.joined(ageMs);
    const isSameMember = memberId === this.#memberId;
    this.#memberId = memberId;
    const before = this.#owned;
    this.#owned = new Map();
    for (const [topic, partitions] of Object.entries(assignment)) {
      const owned = new Map<number, OwnedPartition>();
      this.#owned.set(topic, owned);
      for (const partition of partitions) {
        const kept = isSameMember ? before.get(topic)?.get(partition) : undefined;
        if (kept !== undefined) before.get(topic)?.delete(partition);
        owned.set(partition, kept ?? this.#add(topic, partition));
      }
    }
    const lost = [...before.values()].flatMap((partitions) => [...partitions.values()]);
    // The heirs of one that stood still may not have waited for it.
    const mayRelease = isSameMember && !hasStoodStill;
    // All of them before the first is released: a drain counts what is in flight here.
    if (mayRelease) for (const partition of lost) this.#releasing.add(partition);
    for (const partition of lost) {
      this.#handovers.remove(partition);
      if (mayRelease) partition.release();
      else partition.detach();
    }
    // Another member may have owned these, released or not.
    if (!isSameMember) for (const releasing of this.#releasing) releasing.detach();
    for (const partition of this.#all()) partition.keep();
    for (const releasing of this.#releasing) releasing.onMemberConfirmed();
    this.#commits.onJoined();
  }

  /** We are no member any more: crashed or stopped. */
  onLeft(): void {
    this.#membership.left();
    this.#memberId = undefined;
    const lost = [...this.#all(), ...this.#releasing];
    this.#owned = new Map();
    for (const partition of lost) {
      this.#handovers.remove(partition);
      partition.detach();
    }
  }

  /** Takes what it can and says so to the batch; what it does not take is fetched again. */
  onBatch(batch: FetchedBatch): void {
    this.#owned.get(batch.topic)?.get(batch.partition)?.take(batch);
  }

  onPassedOver(partition: TopicPartition, firstOffset: number | null, lastOffset: number): void {
    this.#owned.get(partition.topic)?.get(partition.partition)?.passOver(firstOffset, lastOffset);
  }

  /** Owned now, whether fetching has begun or not. */
  get owned(): readonly OwnedPartition[] {
    return [...this.#all()];
  }

  /** Records begun and not settled, of lost partitions too. */
  get inFlight(): number {
    let inFlight = 0;
    for (const partition of this.#committable()) inFlight += partition.inFlight;
    return inFlight;
  }

  /**
   * Begins nothing more, waits for what is in flight, then commits for the last time and marks the partitions as released.
   * @returns the records still in flight when the time was over
   */
  async drain(timeoutMs: number): Promise<{ leftInFlight: number; committed: boolean }> {
    this.#isDraining = true;
    this.#handovers.clear();
    for (const partition of this.#all()) partition.drain();
    if (this.inFlight > 0)
      await new Promise<void>((resolve) => {
        const cancel = this.options.scheduler.after(timeoutMs, resolve);
        this.#noteQuiet = () => {
          if (this.inFlight > 0) return;
          cancel();
          resolve();
        };
      });
    const leftInFlight = this.inFlight;
    return { committed: await this.#commits.close(), leftInFlight };
  }

  #add(topic: string, partition: number): OwnedPartition {
    const added = new OwnedPartition(this.#context, topic, partition, this.options.topicNameOf(topic));
    if (!this.#isDraining)
      this.#handovers.add(added, (_, handover) => {
        this.options.observer.onHandover(added, handover);
        added.start(handover);
      });
    return added;
  }

  #startAnew(old: OwnedPartition, range: LogRange): void {
    this.options.observer.onRecreated(old, range);
    old.detach();
    const anew = new OwnedPartition(this.#context, old.topic, old.partition, old.topicName);
    this.#owned.get(old.topic)?.set(old.partition, anew);
    anew.start({ position: range.low, settledBefore: SettledOffsets.NONE });
  }

  #forget(partition: OwnedPartition): void {
    this.#releasing.delete(partition);
    this.#noteQuiet();
  }

  *#all(): Iterable<OwnedPartition> {
    for (const partitions of this.#owned.values()) yield* partitions.values();
  }

  *#committable(): Iterable<OwnedPartition> {
    yield* this.#all();
    yield* this.#releasing;
  }
}

function isSame(one: TopicPartition, other: TopicPartition): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}

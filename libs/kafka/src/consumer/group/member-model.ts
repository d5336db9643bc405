import { encodePayload } from '../../client/protocol/record-payload.js';
import type { CommitResult, OffsetToCommit } from '../../window/commit-loop.js';
import type { CommittedOffset, Handover, LogRange, TopicPartition } from '../../window/handover.js';
import { settled, type ManualScheduler } from '../../window/manual-scheduler.js';
import { AssignedPartitions, type GroupPort } from '../partitions/assigned-partitions.js';
import type { KafkaBatch, KafkaRecord } from '../kafka-batch.js';
import type { FetchedBatch } from '../partitions/partition-context.js';

export type Dice = (sides: number) => number;

export interface ModelOptions {
  readonly partitions: number;
  readonly recordsPerPartition: number;
  readonly graceMs: number;
  /** Kafka and processes fail: commits, whole members, and answers that are lost. */
  readonly faults: boolean;
  readonly dice: Dice;
}

const TOPIC = 't';
/** Longer than any step but those that mean silence. */
export const SESSION_TIMEOUT_MS = 4_000;

export interface CommittedInModel {
  readonly offset: number;
  readonly metadata: string;
}

/** What a member sees of its group and of the broker. */
export interface GroupOfModel {
  readonly options: ModelOptions;
  readonly scheduler: ManualScheduler;
  /** Per partition of topic `t`, the offsets that hold a record. */
  readonly logs: readonly (readonly number[])[];
  readonly committed: Map<number, CommittedInModel>;
  readonly generation: number;
  readonly faults: boolean;
  begunByTheDead: number;
  forwardedByTheDead: number;
  newMemberId(): string;
  noteHandled(record: KafkaRecord): void;
  noteHandover(partition: TopicPartition, handover: Handover): void;
  rejoin(): void;
  pass(byMs: number): Promise<void>;
}

/** One process with one consumer: its engine, its client's state, and the app that works on the records. */
export class MemberModel implements GroupPort {
  readonly engine: AssignedPartitions;
  readonly begun: KafkaRecord[] = [];
  /** Expelled, and does not know it yet: it goes on with what it had. */
  isAbsent = false;
  #absentSinceMs = 0;
  #waiting: KafkaRecord[] = [];
  /** Failed, and not known whether that may be forwarded. */
  #undecided = 0;
  #memberId: string;
  #generation = -1;
  #assigned: number[] = [];
  readonly #positions = new Map<number, number>();
  readonly #seeks = new Map<number, number>();
  readonly #paused = new Set<number>();
  readonly #undelivered: FetchedBatch[] = [];
  #isGone = false;

  constructor(private readonly group: GroupOfModel) {
    this.#memberId = group.newMemberId();
    this.engine = new AssignedPartitions({
      limits: { maxRecords: 12, maxBytes: 100_000, maxSpan: 40 },
      graceMs: group.options.graceMs,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      commitIntervalMs: 500,
      commitThreshold: 5,
      handoverPollMs: 50,
      scheduler: group.scheduler,
      port: this,
      observer: {
        onHandover: (partition, handover) => group.noteHandover(partition, handover),
        onHandlerFailure: () => {},
        onQuestionFailed: () => {},
        onExpired: () => {},
        onRecreated: () => {},
        onZombie: () => {},
        onCommit: () => {},
      },
      handle: (batch) => this.#handle(batch),
      topicNameOf: (topic) => topic,
    });
  }

  // The group's side

  join(partitions: number[]): void {
    this.#generation = this.group.generation;
    this.#assigned = partitions;
    this.#positions.clear();
    this.engine.onJoined(this.#memberId, { [TOPIC]: partitions });
  }

  /** It is silent for so long that the group takes it for dead and moves on without it. */
  async expel(): Promise<void> {
    this.isAbsent = true;
    this.#absentSinceMs = this.group.scheduler.now();
    await this.group.pass(SESSION_TIMEOUT_MS + 1);
    this.group.rejoin();
  }

  /** A heartbeat is answered, or an old answer is read. */
  hear(): void {
    this.engine.onHeartbeat(this.isAbsent ? this.group.scheduler.now() - this.#absentSinceMs : 0);
  }

  /** It comes back as somebody else, and only then learns of it. */
  comeBack(): void {
    this.isAbsent = false;
    this.#memberId = this.group.newMemberId();
    this.group.rejoin();
  }

  /** The process ends without a word; what it was doing may have had its effect. */
  crash(): void {
    this.#isGone = true;
    for (const record of this.begun.splice(0)) if (this.group.options.dice(2) === 0) this.group.noteHandled(record);
    this.engine.onLeft();
  }

  /** Ends in order: all that has begun ends, then the last commit. */
  async drain(): Promise<void> {
    const drained = this.engine.drain(1_000_000);
    for (const { dice } = this.group.options; this.begun.length > 0;) {
      this.finish(true);
      if (dice(3) === 0) await this.group.pass(100);
      if (dice(10) === 0) this.group.rejoin();
    }
    // Its last commit may fail, and be tried again a little later.
    const state = { isDrained: false };
    void drained.then(() => {
      state.isDrained = true;
    });
    for (await settled(); !state.isDrained;) await this.group.pass(100);
    this.#isGone = true;
    this.engine.onLeft();
  }

  // The client's side: fetches, and hands over now or later

  fetch(partition: number, isLate: boolean): void {
    const { dice } = this.group.options;
    if (!this.#assigned.includes(partition) || this.#paused.has(partition)) return;
    const log = this.group.logs[partition] ?? [];
    const fetchedOffset = this.#seeks.get(partition) ?? this.#positions.get(partition) ?? this.#start(partition);
    this.#seeks.delete(partition);
    this.#positions.set(partition, fetchedOffset);
    const offsets = log.filter((offset) => offset >= fetchedOffset).slice(0, 1 + dice(1 + dice(15)));
    const last = offsets.at(-1);
    if (last === undefined) return;
    const next = log.find((offset) => offset > last) ?? this.#end(partition);
    const { group } = this;
    const isOutdated = (): boolean => this.#seeks.has(partition) || this.#isGone;
    const batch: FetchedBatch = {
      topic: TOPIC,
      partition,
      fetchedOffset,
      highWatermark: this.#end(partition),
      // With some of the control records behind it.
      lastOffset: last + dice(next - last),
      messages: offsets.map((offset) => ({
        offset: String(offset),
        timestamp: '0',
        payloadBytes: 0,
        copyPayload: () => encodePayload(null, Buffer.from(`${group.generation}`), {}),
      })),
      get isOutdated() {
        return isOutdated();
      },
      resolveOffset: (offset) => {
        if (this.#assigned.includes(partition)) this.#positions.set(partition, offset + 1);
      },
    };
    if (isLate) this.#undelivered.push(batch);
    else this.engine.onBatch(batch);
  }

  deliverLate(): void {
    const { dice } = this.group.options;
    const [batch] = this.#undelivered.splice(dice(Math.max(1, this.#undelivered.length)), 1);
    if (batch !== undefined) this.engine.onBatch(batch);
  }

  // The app's side

  begin(): void {
    const { dice } = this.group.options;
    const [record] = this.#waiting.splice(dice(Math.max(1, this.#waiting.length)), 1);
    if (record?.begin() !== true) return;
    this.begun.push(record);
    if (this.isAbsent) this.group.begunByTheDead++;
  }

  finish(succeeds: boolean): void {
    const { dice } = this.group.options;
    const [record] = this.begun.splice(dice(Math.max(1, this.begun.length)), 1);
    if (record === undefined) return;
    if (!succeeds) return record.abandon();
    if (dice(3) === 0) return this.#forward(record);
    this.group.noteHandled(record);
    record.settle();
  }

  /** The work failed: what follows it is written by one process only. */
  #forward(record: KafkaRecord): void {
    this.#undecided++;
    record.onceSure(() => {
      this.#undecided--;
      if (!record.mayForward) return record.abandon();
      if (this.isAbsent) this.group.forwardedByTheDead++;
      this.group.noteHandled(record);
      record.settle();
    });
  }

  get isIdle(): boolean {
    const isQuiet = this.begun.length === 0 && this.#undecided === 0;
    return isQuiet && this.#waiting.length === 0 && this.#undelivered.length === 0;
  }

  // The engine's port

  pause({ partition }: TopicPartition): void {
    this.#paused.add(partition);
  }

  resume({ partition }: TopicPartition): void {
    this.#paused.delete(partition);
  }

  seek({ partition }: TopicPartition, offset: number): void {
    this.#seeks.set(partition, offset);
  }

  async commit(offsets: readonly OffsetToCommit[]): Promise<CommitResult> {
    const { dice } = this.group.options;
    // As the broker does: by generation, not by ownership.
    const isKnown = !this.#isGone && this.#generation === this.group.generation;
    const fault = this.group.faults ? dice(10) : 9;
    if (isKnown && fault > 0)
      for (const { partition, offset, metadata } of offsets) this.group.committed.set(partition, { offset, metadata });
    if (dice(2) === 0) await settled();
    if (!isKnown) return 'rejoin';
    // 0: it never arrived. 1: it arrived, and the answer did not.
    return fault <= 1 ? 'failed' : 'committed';
  }

  async readCommitted(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    const { dice } = this.group.options;
    if (this.group.faults && dice(10) === 0) throw new Error('COORDINATOR_LOAD_IN_PROGRESS');
    return partitions.map(({ topic, partition }) => {
      const found = this.group.committed.get(partition);
      return { topic, partition, offset: found?.offset ?? -1, metadata: found?.metadata ?? null };
    });
  }

  async readLogRanges(partitions: readonly TopicPartition[]): Promise<readonly LogRange[]> {
    return partitions.map(({ topic, partition }) => ({ topic, partition, low: 0, high: this.#end(partition) }));
  }

  #start(partition: number): number {
    return this.group.committed.get(partition)?.offset ?? 0;
  }

  #end(partition: number): number {
    return (this.group.logs[partition]?.at(-1) ?? -1) + 1;
  }

  #handle({ records }: KafkaBatch): void {
    const { dice } = this.group.options;
    if (this.group.faults && dice(20) === 0) {
      // Some are queued before it fails: they come again, and may begin once only.
      this.#waiting.push(...records.slice(0, dice(records.length)));
      throw new TypeError('the handler is broken');
    }
    this.#waiting.push(...records);
  }
}

import { decodeMetadata } from '../../window/commit-metadata.js';
import type { Handover, TopicPartition } from '../../window/handover.js';
import { ManualScheduler, settled } from '../../window/manual-scheduler.js';
import type { KafkaRecord } from '../kafka-batch.js';
import {
  MemberModel,
  SESSION_TIMEOUT_MS,
  type CommittedInModel,
  type GroupOfModel,
  type ModelOptions,
} from './member-model.js';

/** A broker and a group of members, as far as the engine can tell: for its model test. */
export class GroupModel implements GroupOfModel {
  readonly scheduler = new ManualScheduler();
  /** Per partition the offsets that hold a record, with gaps. */
  readonly logs: number[][];
  readonly committed = new Map<number, CommittedInModel>();
  /** How often the work on each record had its effect. */
  readonly handled = new Map<string, number>();
  /** Records that a new owner could not know to be handled or in flight, summed over all handovers that were not released. */
  repeatable = 0;
  /** The same for released handovers: each of these would be a broken promise. */
  brokenReleases = 0;
  /** Records that a member began which the group had taken for dead. */
  begunByTheDead = 0;
  /** Failures that such a member forwarded: the record's owner does that as well. */
  forwardedByTheDead = 0;
  generation = 0;
  faults: boolean;
  members: MemberModel[] = [];
  #memberIds = 0;

  constructor(readonly options: ModelOptions) {
    this.faults = options.faults;
    const { dice } = options;
    this.logs = Array.from({ length: options.partitions }, () => {
      let offset = dice(3);
      return Array.from({ length: options.recordsPerPartition }, () => (offset += 1 + (dice(5) === 0 ? dice(3) : 0)));
    });
    this.members = [new MemberModel(this), new MemberModel(this)];
  }

  newMemberId(): string {
    return `member-${this.#memberIds++}`;
  }

  /** All members join anew, but for the absent; some learn before that the group moves on, others do not. */
  rejoin(): void {
    const { dice, partitions } = this.options;
    const present = this.members.filter(({ isAbsent }) => !isAbsent);
    for (const member of present) if (dice(3) > 0) member.engine.onRebalancing();
    this.generation++;
    const assignments = present.map((): number[] => []);
    for (let partition = 0; partition < partitions; partition++) assignments[dice(present.length)]?.push(partition);
    for (const [index, member] of present.entries()) member.join(assignments[index] ?? []);
  }

  async settle(): Promise<void> {
    await settled();
  }

  /** Time passes in which everybody hears from the brokers; the absent what was said to them before. */
  async pass(byMs: number): Promise<void> {
    for (const stepMs = 1_000; byMs > 0; byMs -= stepMs) {
      for (const member of this.members) member.hear();
      await this.scheduler.advance(Math.min(byMs, stepMs));
    }
  }

  /** The brokers say nothing for longer than a session, and go on as if nothing had been. */
  async fallSilent(): Promise<void> {
    await this.scheduler.advance(SESSION_TIMEOUT_MS + 1);
    for (const member of this.members) {
      member.begin();
      member.finish(true);
    }
    await this.pass(100);
  }

  noteHandled(record: KafkaRecord): void {
    const key = `${record.partition}:${record.offset}`;
    this.handled.set(key, (this.handled.get(key) ?? 0) + 1);
  }

  noteHandover({ partition }: TopicPartition, { kind, position, settledBefore }: Handover): void {
    let unknown = 0;
    const inFlight = new Set(
      this.members.flatMap(({ begun }) =>
        begun.filter((one) => one.partition === partition).map(({ offset }) => offset),
      ),
    );
    for (const offset of this.logs[partition] ?? []) {
      if (offset < position || settledBefore.has(offset)) continue;
      if (this.handled.has(`${partition}:${offset}`) || inFlight.has(offset)) unknown++;
    }
    if (kind === 'released') this.brokenReleases += unknown;
    this.repeatable += unknown;
  }

  get duplicates(): number {
    let duplicates = 0;
    for (const times of this.handled.values()) duplicates += times - 1;
    return duplicates;
  }

  get lost(): string[] {
    return this.logs.flatMap((log, partition) =>
      log.map((offset) => `${partition}:${offset}`).filter((key) => !this.handled.has(key)),
    );
  }
}

/** What a member that starts now would know to be handled. */
export function isCovered(group: GroupModel, partition: number, offset: number): boolean {
  const committed = group.committed.get(partition);
  if (committed === undefined) return false;
  return offset < committed.offset || decodeMetadata(committed.metadata, committed.offset).settled.has(offset);
}

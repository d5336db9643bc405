import type { LogRange, TopicPartition } from '../../window/handover.js';
import type { WindowLimits } from '../../window/partition-window.js';
import type { Scheduler } from '../../window/scheduler.js';
import type { KafkaBatch } from '../kafka-batch.js';
import type { FetchedMessage } from '../../client/protocol/fetched-message.js';

/** What one fetch brought for one partition, in the client's words but with numbers. */
export interface FetchedBatch extends TopicPartition {
  /** The offset that was asked for. */
  readonly fetchedOffset: number;
  /** The end of the log when it was fetched. */
  readonly highWatermark: number;
  /** The last offset that it covers, control records included. */
  readonly lastOffset: number;
  readonly messages: readonly FetchedMessage[];
  /** A seek waits to be applied, or the consumer stops: nothing of it may be taken. */
  readonly isOutdated: boolean;
  /** Fetch on from the offset after this one. */
  resolveOffset(offset: number): void;
}

/** Moves the client's position and turns its fetching on and off. None of these throws. */
export interface FlowControl {
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  seek(partition: TopicPartition, offset: number): void;
}

/** What all partitions of one consumer share. */
/** @typeParam P what a partition of that consumer is */
export interface PartitionContext<P extends TopicPartition> {
  readonly limits: WindowLimits;
  readonly graceMs: number;
  readonly scheduler: Scheduler;
  readonly flow: FlowControl;
  readonly commits: { countSettled(): void; soon(): void };
  /** False: others may own our partitions without our knowledge. */
  readonly isSurelyMember: () => boolean;
  readonly handle: (batch: KafkaBatch) => unknown;
  readonly readLogRange: (partition: TopicPartition) => Promise<LogRange | undefined>;
  readonly onHandlerFailure: (partition: TopicPartition, error: unknown, retryInMs: number) => void;
  readonly onCheckFailure: (partition: TopicPartition, error: unknown) => void;
  /** Retention took so many offsets before they were read. */
  readonly onExpired: (partition: TopicPartition, offsets: number) => void;
  readonly onZombie: (result: 'settled' | 'abandoned') => void;
  /** Nothing is in flight any more, of a partition that drains or is released. */
  readonly onQuiet: () => void;
  /** It has nothing to commit any more. */
  readonly onGone: (partition: P) => void;
  /** The log ends below our position: the topic was made anew. */
  readonly onRecreated: (partition: P, range: LogRange) => void;
}

import type { CommitResult } from '../window/commit-loop.js';
import type { Handover, LogRange, TopicPartition } from '../window/handover.js';
import type { KafkaContext } from '../kafka-context.js';
import { whyTriedAgain } from '../client/kafka-error.js';
import type { EngineObserver } from './partitions/assigned-partitions.js';

/** Tells log and metrics what the engine of one group does. */
export class ConsumerObserver implements EngineObserver {
  constructor(
    /** Without the prefix. */
    private readonly group: string,
    private readonly context: KafkaContext,
  ) {}

  onHandover({ topic, partition }: TopicPartition, handover: Handover): void {
    const { log, metrics } = this.context;
    const { group } = this;
    metrics.handovers.inc({ group, kind: handover.kind });
    if (handover.foreign) metrics.foreignMetadata.inc({ group });
    const fields = {
      event: 'kafka.partition_taken_over',
      group,
      topic,
      partition,
      kind: handover.kind,
      offset: handover.position,
      waited_ms: Math.round(handover.waitedMs),
    };
    if (handover.foreign) log.warn(fields, 'the committed metadata is not ours; it is taken as empty');
    else if (handover.kind === 'grace') log.warn(fields, 'the last owner did not let go in time');
    else log.debug(fields, 'took over a partition');
  }

  onHandlerFailure({ topic, partition }: TopicPartition, error: unknown, retryInMs: number): void {
    this.context.metrics.handlerFailures.inc({ group: this.group });
    this.context.log.error(
      { event: 'kafka.handler_failed', group: this.group, topic, partition, retry_in_ms: retryInMs, error },
      'a handler failed; it gets its batch again',
    );
  }

  onQuestionFailed(error: unknown): void {
    this.context.log.warn(
      { event: 'kafka.offsets_unread', group: this.group, ...whyTriedAgain(error) },
      'cannot read offsets; trying again',
    );
  }

  onExpired({ topic, partition }: TopicPartition, offsets: number): void {
    this.context.metrics.recordsExpired.inc({ group: this.group }, offsets);
    this.context.log.error(
      { event: 'kafka.records_expired', group: this.group, topic, partition, offsets },
      'retention took records before they were read',
    );
  }

  onRecreated({ topic, partition }: TopicPartition, { low, high }: LogRange): void {
    this.context.log.error(
      { event: 'kafka.topic_recreated', group: this.group, topic, partition, low, high },
      'the log ends below our position; starting at its beginning',
    );
  }

  onZombie(result: 'settled' | 'abandoned'): void {
    this.context.metrics.zombies.inc({ group: this.group, result });
  }

  onCommit(result: CommitResult): void {
    this.context.metrics.commits.inc({ group: this.group, result });
  }
}

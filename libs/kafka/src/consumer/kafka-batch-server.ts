import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { accessRefused } from '../client/access-fault.js';
import { KafkaError } from '../client/kafka-error.js';
import { within } from '../client/within.js';
import type { KafkaContext } from '../kafka-context.js';
import { MAX_METADATA_BITS } from '../window/commit-metadata.js';
import type { TopicPartition } from '../window/handover.js';
import { systemScheduler } from '../window/scheduler.js';
import { AssignedPartitions, type Assignment } from './partitions/assigned-partitions.js';
import { sampleWindows, startConsumerMetrics } from './consumer-metrics.js';
import { ConsumerObserver } from './consumer-observer.js';
import { GroupMember, REBALANCE_TIMEOUT_MS, type GroupListener } from './group/group-member.js';
import { addConsumerProbe } from './group/group-readiness.js';
import type { KafkaBatch } from './kafka-batch.js';
import type { KafkaBatchServerOptions } from './kafka-batch-server-options.js';
import type { FetchedBatch } from './partitions/partition-context.js';
import { Watchdog } from './watchdog.js';

/** The pattern of a handler for every topic that has none of its own. */
export const ANY_TOPIC = '*';

const MIB = 1_048_576;
const FETCH_INTERVAL_MS = 10;
/** What is settled and not committed is done again when the process is killed. */
const COMMIT_INTERVAL_MS = 100;
const COMMIT_THRESHOLD = 500;
const HANDOVER_POLL_MS = 50;
const SAMPLE_INTERVAL_MS = 1_000;
/** For the last commit and for leaving the group; with what else a process closes it is less than the 5 s after which it is ended (`runService`). */
const AFTER_DRAIN_MS = 2_000;
const LEAVE_TIMEOUT_MS = 1_500;

/**
 * A Nest transport that hands whole batches to `@EventPattern` handlers and keeps windows, commits and handovers to itself.
 * A handler queues the records and returns; each record is settled later, in any order (see `KafkaRecord`).
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy, GroupListener {
  override readonly transportId: symbol;
  override readonly propagatesEventHandlerErrors = true;
  readonly #partitions: AssignedPartitions;
  readonly #member: GroupMember;
  readonly #watchdog: Watchdog;
  readonly #prefix: string;
  #firstJoin = Promise.withResolvers<void>();
  #sampler: NodeJS.Timeout | undefined;
  #drained: Promise<void> | undefined;
  #crash: string | undefined;

  constructor(
    private readonly options: KafkaBatchServerOptions,
    private readonly context: KafkaContext,
  ) {
    super();
    const { connection, groupId, window } = options;
    this.transportId = options.transportId;
    this.#prefix = connection.prefix;
    startConsumerMetrics(context.metrics, groupId);
    // Nobody may be waiting for it when it fails.
    this.#firstJoin.promise.catch(() => {});
    this.#member = new GroupMember(
      {
        connection,
        groupId: connection.prefix + groupId,
        purpose: groupId,
        maxBytesPerPartition: options.maxBytesPerPartition ?? MIB,
        fetchIntervalMs: options.fetchIntervalMs ?? FETCH_INTERVAL_MS,
      },
      context,
    );
    this.#partitions = new AssignedPartitions({
      limits: { ...window, maxSpan: Math.min(window.maxSpan, MAX_METADATA_BITS) },
      get graceMs() {
        return options.handoverGraceMs;
      },
      sessionTimeoutMs: connection.sessionTimeoutMs,
      commitIntervalMs: options.commitIntervalMs ?? COMMIT_INTERVAL_MS,
      commitThreshold: COMMIT_THRESHOLD,
      handoverPollMs: HANDOVER_POLL_MS,
      scheduler: systemScheduler,
      port: this.#member,
      observer: new ConsumerObserver(groupId, context),
      handle: (batch) => this.#dispatch(batch),
      topicNameOf: (topic) => topic.slice(this.#prefix.length),
    });
    this.#watchdog = new Watchdog({
      sessionTimeoutMs: connection.sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      scheduler: systemScheduler,
      groupState: () => this.#member.groupState(),
      onHung: (silentMs) => this.#fail(`no heartbeat for ${Math.round(silentMs / 1_000)} s`),
    });
    addConsumerProbe(context.readiness, () => {
      const reason = this.#drained === undefined ? (this.#crash ?? this.#watchdog.reason) : 'is draining';
      return reason === undefined ? undefined : `${groupId}: ${reason}`;
    });
  }

  /** Resolves once the group is joined; the callback gets an error when it cannot be. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#member.run(
        this.#topics().map((topic) => this.#prefix + topic),
        this,
      );
      await this.#firstJoin.promise;
      this.#watchdog.start();
      this.#sampler = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MS).unref();
      callback();
    } catch (error) {
      callback(accessRefused(error) ?? error);
    }
  }

  close(): Promise<void> {
    return this.drain();
  }

  /** Lets what has begun end, commits, leaves the group; records that wait are dropped. May be called again. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Whether this process owns a partition now, as far as it knows. @param topic without the prefix */
  owns(topic: string, partition: number): boolean {
    return this.#partitions.owned.some((owned) => owned.topicName === topic && owned.partition === partition);
  }

  on(): void {}

  unwrap(): never {
    throw new Error('the client of this transport stays in its room');
  }

  onJoined(memberId: string, assignment: Assignment, ageMs: number): void {
    const { groupId: group } = this.options;
    this.#crash = undefined;
    this.#watchdog.noteJoined();
    this.#partitions.onJoined(memberId, assignment, ageMs);
    this.context.metrics.kafkaRebalances.inc({ group });
    this.onHeartbeat(ageMs);
    this.#sample();
    const partitions = Object.values(assignment).reduce((sum, { length }) => sum + length, 0);
    this.context.log.info({ event: 'kafka.group_joined', group, partitions }, `joined group ${group}`);
    this.#firstJoin.resolve();
  }

  onRebalancing(): void {
    this.#partitions.onRebalancing();
  }

  onHeartbeat(ageMs: number): void {
    this.#watchdog.noteHeartbeat();
    this.#partitions.onHeartbeat(ageMs);
    this.context.metrics.kafkaHeartbeat.set({ group: this.options.groupId }, Date.now() / 1_000);
  }

  onCrashed(error: Error, restarts: boolean): void {
    const { groupId: group } = this.options;
    this.#partitions.onLeft();
    this.#watchdog.noteLeft();
    this.#crash = `crashed: ${error.message}`;
    this.context.metrics.kafkaCrashes.inc({ group, restart: String(restarts) });
    // Who drains ends anyway, and lets what is in flight end before.
    const isEnding = this.#drained !== undefined;
    const fields = { event: 'kafka.consumer_crashed', group, restarts, error };
    this.context.log[isEnding ? 'warn' : 'error'](fields, 'the consumer crashed');
    if (!restarts && !isEnding) this.#fail(this.#crash, error);
  }

  onBatch(batch: FetchedBatch): void {
    this.#partitions.onBatch(batch);
  }

  onPassedOver(partition: TopicPartition, firstOffset: number | null, lastOffset: number): void {
    this.#partitions.onPassedOver(partition, firstOffset, lastOffset);
  }

  onListenerFailure(error: unknown): void {
    this.context.log.error(
      { event: 'kafka.listener_failed', group: this.options.groupId, error },
      'the engine failed on an event of the client',
    );
  }

  #topics(): readonly string[] {
    const handled = [...this.messageHandlers.keys()];
    for (const [topic, handler] of this.messageHandlers)
      if (handler.next !== undefined)
        throw new KafkaError('HANDLER_INVALID', `two handlers for ${topic} in group ${this.options.groupId}`);
    const topics = this.options.topics ?? handled.filter((topic) => topic !== ANY_TOPIC);
    const unhandled = topics.filter((topic) => this.#handlerOf(topic) === undefined);
    const unread = handled.filter((topic) => topic !== ANY_TOPIC && !topics.includes(topic));
    if (topics.length === 0 || unhandled.length > 0 || unread.length > 0)
      throw new KafkaError(
        'HANDLER_INVALID',
        `topics and handlers of group ${this.options.groupId} do not match: ${[...unhandled, ...unread].join(', ') || 'none'}`,
      );
    return topics;
  }

  #handlerOf(topic: string): MessageHandler | undefined {
    return this.messageHandlers.get(topic) ?? this.messageHandlers.get(ANY_TOPIC);
  }

  /** A handler's failure arrives as a rejection or, through Nest's filters and interceptors, as a stream that fails. */
  async #dispatch(batch: KafkaBatch): Promise<void> {
    const result: unknown = await this.#handlerOf(batch.topic)?.(
      batch,
      new BaseRpcContext([batch.topic, batch.partition]),
    );
    // Without a default an empty stream would be an error.
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  async #drain(): Promise<void> {
    const startedAt = Date.now();
    this.#watchdog.stop();
    const { drainTimeoutMs, groupId: group } = this.options;
    const drained = await within(this.#partitions.drain(drainTimeoutMs), drainTimeoutMs + AFTER_DRAIN_MS);
    await within(this.#member.disconnect(), LEAVE_TIMEOUT_MS);
    this.#partitions.onLeft();
    clearInterval(this.#sampler);
    this.#sample();
    const fields = {
      event: 'kafka.consumer_drained',
      group,
      left_in_flight: drained?.leftInFlight,
      committed: drained?.committed ?? false,
      duration_ms: Date.now() - startedAt,
    };
    if (drained?.committed === true && drained.leftInFlight === 0) this.context.log.info(fields, 'drained');
    else this.context.log.warn(fields, 'drained in part; what is left will be handled again');
  }

  #fail(reason: string, cause?: Error): void {
    const { groupId } = this.options;
    this.#watchdog.stop();
    this.context.readiness.fail('kafka', `${groupId}: ${reason}`);
    const error = new KafkaError('CONSUMER_STOPPED', `${groupId}: ${reason}`, { cause });
    this.#firstJoin.reject(error);
    if (this.options.onFatal === undefined)
      setImmediate(() => {
        throw error;
      });
    else this.options.onFatal(error);
  }

  #sample(): void {
    sampleWindows(this.context.metrics, this.options.groupId, this.#partitions, systemScheduler.now());
  }
}

import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { GroupLagReader, KafkaBatchServer, type GroupLags } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { consumerGroups } from './consumer-groups.js';

const MEASURE_INTERVAL_MS = 30_000;
/** How soon whoever comes to lead notices. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Shows the lag of every consumer group, under the names that Kafka dashboards and autoscalers know. Of several API processes one does
 * it, or sums would count twice: the one that owns partition 0 of `webhook.attempts`. Unlike a lock in PostgreSQL, that works while
 * PostgreSQL is away, which is when lag matters.
 */
@Injectable()
export class LagExporter implements BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #measuring: Promise<void> | undefined;
  #dueAtMs = 0;
  #isLeading = false;
  #isStopped = false;

  constructor(
    private readonly reader: GroupLagReader,
    private readonly members: KafkaBatchServer,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.metrics.groupLagMeasured.set(0);
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer ??= setInterval(() => this.#look(), LOOK_INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#measuring;
    await this.reader.close();
  }

  #look(): void {
    const leads = this.members.owns(TOPICS.attempts.name, 0);
    if (!leads && this.#isLeading) this.#forget();
    this.#isLeading = leads;
    const nowMs = performance.now();
    if (!leads || this.#measuring !== undefined || nowMs < this.#dueAtMs) return;
    this.#dueAtMs = nowMs + MEASURE_INTERVAL_MS;
    this.#measuring = this.#measure().finally(() => (this.#measuring = undefined));
  }

  async #measure(): Promise<void> {
    try {
      const lags = await this.reader.read(consumerGroups);
      if (this.#isLeading) this.#show(lags);
    } catch (error) {
      this.log.warn({ event: 'lag.unknown', error }, 'The lag of the consumer groups could not be measured');
    }
  }

  #show({ positions, ends }: GroupLags): void {
    // A topic that went away must not stay with its last figure.
    this.#reset();
    const endOf = new Map(ends.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]));
    for (const { topic, partition, end } of ends)
      this.metrics.topicOffset.set({ topic, partition: String(partition) }, end);
    for (const { group, topic, partition, committed } of positions) {
      const end = endOf.get(`${topic}/${partition}`);
      if (committed === undefined || end === undefined) continue;
      const labels = { consumergroup: group, topic, partition: String(partition) };
      this.metrics.groupOffset.set(labels, committed);
      this.metrics.groupLag.set(labels, Math.max(0, end - committed));
    }
    this.metrics.groupLagMeasured.set(Date.now() / 1_000);
  }

  /** Another process measures from here on. */
  #forget(): void {
    this.#reset();
    this.#dueAtMs = 0;
    this.metrics.groupLagMeasured.set(0);
  }

  #reset(): void {
    for (const gauge of [this.metrics.groupLag, this.metrics.groupOffset, this.metrics.topicOffset]) gauge.reset();
  }
}

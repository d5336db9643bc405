import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { TopicSpec } from '@fleethook/messages';
import { accessRefused } from '../client/access-fault.js';
import { createKafka } from '../client/client-factory.js';
import { errorTypeOf } from '../client/kafka-error.js';
import { ConfigResourceTypes } from '../client/kafkajs.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { driftOf, wantedSettings, type Drift, type FoundTopic } from './topic-drift.js';

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;
const LEADER_POLL_MS = 100;
const LEADER_POLLS = 100;
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2, factor: 0.2, multiplier: 2 } as const;

/**
 * Waits for Kafka, for ever, creates the topics that are missing and waits until each of their partitions has a leader. What exists is never
 * altered: where it differs from the table, that is logged.
 *
 * @throws KafkaError ACCESS_REFUSED
 */
export async function setUpTopics(
  connection: KafkaConnection,
  topics: readonly TopicSpec[],
  context: KafkaContext,
): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
    const options = { retry: RETRY };
    const admin = createKafka(connection, context, 'topics', options).admin({ retry: RETRY });
    try {
      await admin.connect();
      const set = new TopicSet(admin, connection, topics);
      const created = await set.create();
      const found = await set.awaitLeaders();
      if (created.length > 0) context.log.info({ event: 'kafka.topics_created', topics: created }, 'topics created');
      reportDrift(context, await set.drifts(found));
      return;
    } catch (error) {
      const refused = accessRefused(error);
      if (refused !== undefined) throw refused;
      const reason = errorTypeOf(error) ?? (error instanceof Error ? error.message : String(error));
      context.log.warn(
        { event: 'kafka.topics_waiting', brokers: connection.brokers, reason, wait_ms: waitMs },
        `waiting for Kafka: ${reason}`,
      );
    } finally {
      await admin.disconnect();
    }
    await sleep(waitMs);
  }
}

function reportDrift(context: KafkaContext, drifts: ReadonlyMap<string, readonly Drift[]>): void {
  for (const [topic, differences] of drifts) {
    if (differences.length === 0) continue;
    const words = differences.map(({ setting, wanted, found }) => `${setting} is ${found} instead of ${wanted}`);
    context.log.error(
      { event: 'kafka.topic_drift', topic, differences },
      `topic ${topic} differs from what Fleethook needs (it is left as it is): ${words.join(', ')}`,
    );
  }
}

/** The topics of the table in one cluster, by their full names. */
class TopicSet {
  readonly #admin: Admin;
  readonly #connection: KafkaConnection;
  readonly #specs: ReadonlyMap<string, TopicSpec>;

  constructor(admin: Admin, connection: KafkaConnection, topics: readonly TopicSpec[]) {
    this.#admin = admin;
    this.#connection = connection;
    this.#specs = new Map(topics.map((spec) => [connection.prefix + spec.name, spec]));
  }

  /** @returns the names of those that were missing */
  async create(): Promise<string[]> {
    const existing = new Set(await this.#admin.listTopics());
    const missing = [...this.#specs].filter(([name]) => !existing.has(name));
    if (missing.length === 0) return [];
    await this.#admin.createTopics({
      // Its own waiting ends without a word when another process created one of them; see `awaitLeaders`.
      waitForLeaders: false,
      topics: missing.map(([topic, spec]) => ({
        topic,
        numPartitions: spec.partitions,
        replicationFactor: this.#connection.replicationFactor,
        configEntries: Object.entries(wantedSettings(spec, this.#connection)).map(([name, value]) => ({ name, value })),
      })),
    });
    return missing.map(([name]) => name);
  }

  /** @returns partitions and replicas of each topic */
  async awaitLeaders(): Promise<Map<string, Omit<FoundTopic, 'settings'>>> {
    const names = [...this.#specs.keys()];
    for (let polls = 1; ; polls += 1) {
      try {
        const { topics } = await this.#admin.fetchTopicMetadata({ topics: names });
        const leaderless = topics.filter(({ partitions }) => partitions.some(({ leader }) => leader < 0));
        if (topics.length === names.length && leaderless.length === 0) {
          return new Map(
            topics.map(({ name, partitions }) => [
              name,
              { partitions: partitions.length, replicas: partitions[0]?.replicas.length ?? 0 },
            ]),
          );
        }
        if (polls >= LEADER_POLLS) throw new Error(`no leader: ${leaderless.map(({ name }) => name).join(', ')}`);
      } catch (error) {
        // The broker that was asked may not have heard of a topic created a moment ago.
        if (polls >= LEADER_POLLS || errorTypeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      }
      await sleep(LEADER_POLL_MS);
    }
  }

  async drifts(found: ReadonlyMap<string, Omit<FoundTopic, 'settings'>>): Promise<Map<string, Drift[]>> {
    const { resources } = await this.#admin.describeConfigs({
      includeSynonyms: false,
      resources: [...this.#specs].map(([name, spec]) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: Object.keys(wantedSettings(spec, this.#connection)),
      })),
    });
    const drifts = new Map<string, Drift[]>();
    for (const { resourceName, configEntries } of resources) {
      const spec = this.#specs.get(resourceName);
      const topic = found.get(resourceName);
      if (spec === undefined || topic === undefined) continue;
      const settings = Object.fromEntries(
        configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
      drifts.set(resourceName, driftOf(spec, this.#connection, { ...topic, settings }));
    }
    return drifts;
  }
}

import type { TopicSpec } from '@fleethook/messages';
import type { KafkaConnection } from '../connection.js';

/** One thing in which a topic differs from the table. */
export interface Drift {
  /** A Kafka setting, or `partitions` or `replicas`. */
  readonly setting: string;
  readonly wanted: string;
  readonly found: string;
}

/** A topic as Kafka describes it. */
export interface FoundTopic {
  readonly partitions: number;
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Every setting a topic is created with. `min.insync.replicas` is the topic's own: brokers since 4.1 refuse it as theirs. One replica may
 * be away while writes go on; with a single replica there is no such choice.
 */
export function wantedSettings(spec: TopicSpec, connection: KafkaConnection): Record<string, string> {
  return {
    'cleanup.policy': spec.cleanup,
    ...(spec.retentionMs === undefined ? {} : { 'retention.ms': String(spec.retentionMs) }),
    'min.insync.replicas': String(Math.max(1, connection.replicationFactor - 1)),
    ...spec.settings,
  };
}

export function driftOf(spec: TopicSpec, connection: KafkaConnection, found: FoundTopic): Drift[] {
  const drifts: Drift[] = [];
  const compare = (setting: string, wanted: string, value: string): void => {
    if (wanted !== value) drifts.push({ setting, wanted, found: value });
  };
  compare('partitions', String(spec.partitions), String(found.partitions));
  compare('replicas', String(connection.replicationFactor), String(found.replicas));
  for (const [setting, wanted] of Object.entries(wantedSettings(spec, connection)))
    compare(setting, wanted, found.settings[setting] ?? 'unset');
  return drifts;
}

import type { KafkaConnection } from './connection.js';

/** The `kafka*` fields of any app's settings. */
export interface KafkaSettings {
  readonly kafkaBrokers: readonly string[];
  readonly kafkaSsl: boolean;
  readonly kafkaSslCaFile: string | undefined;
  readonly kafkaSaslMechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly kafkaSaslUsername: string | undefined;
  readonly kafkaSaslPassword: string | undefined;
  readonly kafkaTopicPrefix: string | undefined;
  readonly kafkaReplicationFactor: number;
  readonly kafkaSessionTimeoutMs: number;
}

/** How an app reaches Kafka. @param clientId the app's name, shown in the brokers' logs and quotas */
export function connectionOf(settings: KafkaSettings, clientId: string): KafkaConnection {
  const { kafkaSaslMechanism: mechanism } = settings;
  return {
    brokers: settings.kafkaBrokers,
    clientId,
    prefix: settings.kafkaTopicPrefix ?? '',
    replicationFactor: settings.kafkaReplicationFactor,
    sessionTimeoutMs: settings.kafkaSessionTimeoutMs,
    tls: settings.kafkaSsl ? { caFile: settings.kafkaSslCaFile } : undefined,
    sasl:
      mechanism === undefined
        ? undefined
        : { mechanism, username: settings.kafkaSaslUsername ?? '', password: settings.kafkaSaslPassword ?? '' },
  };
}

import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';

/** Of its own, the client gives a connection a second: a machine may be busy for longer. */
const CONNECTION_TIMEOUT_MS = 30_000;

/** The client as it comes, to look at a cluster from outside, or to do what the product does not. */
export function plainKafka(brokers: readonly string[], config: Omit<KafkaConfig, 'brokers'> = {}): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    logLevel: kafkajs.logLevel.NOTHING,
    ...config,
  });
}

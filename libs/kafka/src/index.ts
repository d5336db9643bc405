export { connectionOf, type KafkaSettings } from './connection-of.js';
export type { KafkaConnection } from './connection.js';
export type { KafkaContext } from './kafka-context.js';
export { errorTypeOf, KAFKA_ERRORS, KafkaError, type KafkaErrorCode } from './client/kafka-error.js';
export type { KafkaBatch, KafkaRecord } from './consumer/kafka-batch.js';
export { ANY_TOPIC, KafkaBatchServer, type KafkaBatchServerOptions } from './consumer/kafka-batch-server.js';
export type { WindowLimits } from './window/partition-window.js';
export { RecordProducer, type OutgoingRecord, type RecordDone } from './producer/outgoing-record.js';
export { BatchingProducer, type BatchingProducerOptions } from './producer/batching-producer.js';

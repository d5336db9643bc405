export { connectionOf, type KafkaSettings } from './connection-of.js';
export type { KafkaConnection } from './connection.js';
export type { KafkaContext } from './kafka-context.js';
export { KAFKA_ERRORS, KafkaError, errorTypeOf, type KafkaErrorCode } from './client/kafka-error.js';
export type { KafkaBatch, KafkaRecord } from './consumer/kafka-batch.js';
export { RecordProducer, type OutgoingRecord } from './producer/outgoing-record.js';

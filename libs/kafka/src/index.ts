export { connectionOf, type KafkaSettings } from './connection-of.js';
export type { KafkaConnection } from './connection.js';
export type { KafkaContext } from './kafka-context.js';
export { errorTypeOf, KAFKA_ERRORS, KafkaError, type KafkaErrorCode } from './client/kafka-error.js';
export type { KafkaBatch, KafkaRecord } from './consumer/kafka-batch.js';
export { ANY_TOPIC, KafkaBatchServer } from './consumer/kafka-batch-server.js';
export type { KafkaBatchServerOptions } from './consumer/kafka-batch-server-options.js';
export type { WindowLimits } from './window/partition-window.js';
export { RecordProducer, type OutgoingRecord, type RecordDone } from './producer/outgoing-record.js';
export { BatchingProducer, type BatchingProducerOptions } from './producer/batching-producer.js';
export { OrderedProducer, type OrderedProducerOptions } from './producer/ordered-producer.js';
export {
  ClusterInspector,
  type InspectedCluster,
  type InspectedGroup,
  type InspectedTopic,
} from './inspection/cluster-inspector.js';
export type { Operation } from './inspection/operations.js';
export type { Drift } from './topics/topic-drift.js';
export { accessRefused } from './client/access-fault.js';
export { listTopics } from './topics/list-topics.js';
export { setUpTopics } from './topics/topic-set-up.js';
export { GroupLagReader, type GroupLags, type GroupTopics } from './lag/group-lag-reader.js';
export { ConfigTopicReader, type ConfigTopicReaderOptions } from './config-topic/config-topic-reader.js';
export { LogRangeReader, type LogRangeReaderOptions } from './log-range/log-range-reader.js';
export type { LogRecord, LogStretch } from './log-range/log-stretch.js';
export { offsetsOfWindow, type LogWindow } from './log-range/log-window.js';
export type { OffsetRange } from './log-range/range-positions.js';
export { GroupProgressReader, type WatchedGroup } from './progress/group-progress-reader.js';
export { recordsToGo, type GroupProgress, type PartitionProgress } from './progress/group-progress.js';

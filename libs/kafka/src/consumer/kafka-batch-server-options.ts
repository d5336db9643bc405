import type { KafkaError } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { WindowLimits } from '../window/partition-window.js';

export interface KafkaBatchServerOptions {
  readonly connection: KafkaConnection;
  /** Without the prefix. One fixed set of topics per group: a new topic means a new group. */
  readonly groupId: string;
  /** Handlers name it in `@EventPattern(topic, transportId)`. */
  readonly transportId: symbol;
  /** Without the prefix. Default: those of the handlers. */
  readonly topics?: readonly string[];
  /** Per partition. A full window pauses its partition until half of it is free. */
  readonly window: WindowLimits;
  /** Per fetch. Default 1 MiB. */
  readonly maxBytesPerPartition?: number;
  /** Between the starts of two fetches under load; a record that comes while nothing is to do waits for nobody. Default 10 ms. */
  readonly fetchIntervalMs?: number;
  /** What was settled within it may be done again after a kill. Default 100 ms. */
  readonly commitIntervalMs?: number;
  /** The longest that work which has begun may go on: a partition that moves waits so long for its last owner. Read whenever one moves. */
  readonly handoverGraceMs: number;
  /** How long `close` waits for what is in flight. */
  readonly drainTimeoutMs: number;
  /** The consumer has stopped for good and the process should end, non-zero. Default: an uncaught exception. */
  readonly onFatal?: (error: KafkaError) => void;
}

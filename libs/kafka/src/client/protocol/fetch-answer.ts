import { ByteReader } from './byte-reader.js';

/** A partition of an answer as it came, its records not read yet. */
export interface AnsweredPartition {
  readonly header: {
    readonly partition: number;
    readonly errorCode: number;
    readonly highWatermark: string;
    readonly lastStableOffset: string;
    readonly lastStartOffset: string;
    readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
    readonly preferredReadReplica: number;
  };
  readonly records: Buffer;
}

export interface FetchAnswer {
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly AnsweredPartition[] }[];
}

/**
 * Fetch response, version 11: throttle_time_ms INT32 | error_code INT16 | session_id INT32 | responses: count INT32, each
 * topic STRING, partitions: count INT32, each partition INT32, error_code INT16, high_watermark INT64, last_stable_offset INT64,
 * log_start_offset INT64, aborted_transactions (count INT32, each producer_id INT64, first_offset INT64), preferred_read_replica INT32,
 * records (size INT32, bytes).
 */
export function readFetchAnswer(bytes: Buffer): FetchAnswer {
  const reader = new ByteReader(bytes);
  // The broker has not throttled but asks the client to (KIP-219).
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const topics: { topicName: string; partitions: AnsweredPartition[] }[] = [];
  for (let left = reader.int32(); left > 0; left -= 1) {
    const topicName = reader.string();
    const partitions: AnsweredPartition[] = [];
    for (let count = reader.int32(); count > 0; count -= 1) {
      const header = readHeader(reader);
      partitions.push({ header, records: reader.take(Math.max(0, reader.int32())) });
    }
    topics.push({ topicName, partitions });
  }
  return { clientSideThrottleTime, errorCode, sessionId, topics };
}

function readHeader(reader: ByteReader): AnsweredPartition['header'] {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  const lastStartOffset = String(reader.int64());
  const abortedTransactions: { producerId: string; firstOffset: string }[] = [];
  for (let count = reader.int32(); count > 0; count -= 1)
    abortedTransactions.push({ producerId: String(reader.int64()), firstOffset: String(reader.int64()) });
  const preferredReadReplica = reader.int32();
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    abortedTransactions,
    preferredReadReplica,
  };
}

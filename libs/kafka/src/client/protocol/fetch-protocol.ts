import { internalOf } from '../kafkajs.js';
import { ByteReader } from './byte-reader.js';
import type { DecodedRecord } from './decoded-record.js';
import { patchExchange, type RequestDefinition } from './patch-exchange.js';
import { decodeBatches, isRecordBatches } from './record-batch-decoder.js';

interface Exchange {
  readonly response: { decode(bytes: Buffer): Promise<unknown> };
}

interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly DecodedRecord[];
}

/** The highest that the client speaks, and so what it speaks to any broker since 2.3. */
const VERSION = 11;

/** Reads fetched records at a third of the client's cost, and any number of them: its own reader overflows the stack at some 100,000. */
export function patchFetch(): void {
  const definition = internalOf('protocol/requests/fetch') as RequestDefinition<object, Exchange>;
  patchExchange(definition, VERSION, (exchange) => {
    const decode = async (bytes: Buffer): Promise<unknown> =>
      // Undefined: something of before Kafka 0.11 is among it.
      (await decodeFetch(bytes)) ?? exchange.response.decode(bytes);
    return { ...exchange, response: { ...exchange.response, decode } };
  });
}

/**
 * Fetch response, version 11: throttle_time_ms INT32 | error_code INT16 | session_id INT32 | responses: count INT32, each
 * topic STRING, partitions: count INT32, each partition INT32, error_code INT16, high_watermark INT64, last_stable_offset INT64,
 * log_start_offset INT64, aborted_transactions (count INT32, each producer_id INT64, first_offset INT64), preferred_read_replica INT32,
 * records (size INT32, bytes).
 */
async function decodeFetch(bytes: Buffer): Promise<object | undefined> {
  const reader = new ByteReader(bytes);
  // The broker has not throttled but asks the client to (KIP-219).
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: object[] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.string();
    const partitions: FetchedPartition[] = [];
    for (let count = reader.int32(); count > 0; count -= 1) {
      const header = readHeader(reader);
      const records = reader.take(Math.max(0, reader.int32()));
      if (!isRecordBatches(records)) return undefined;
      partitions.push({ ...header, messages: await decodeBatches(records) });
    }
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function readHeader(reader: ByteReader): Omit<FetchedPartition, 'messages'> {
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

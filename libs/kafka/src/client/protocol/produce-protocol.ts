import { internalOf } from '../kafkajs.js';
import { patchExchange, type RequestDefinition } from './patch-exchange.js';

/** A message of kafkajs that is a whole record batch: it carries it through to the request untouched. */
export interface PreparedMessage {
  readonly partition: number;
  /** kafkajs refuses undefined, and looks at nothing else. */
  readonly value: null;
  readonly recordBatch: Buffer;
  /** Whether somebody still waits for the call that it is part of. Default: yes */
  readonly isAwaited?: (() => boolean) | undefined;
}

interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly unknown[] }[];
  }[];
}

interface ProduceReply {
  readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}

interface Exchange {
  readonly request: object;
  readonly response: {
    decode(bytes: Buffer): Promise<ProduceReply>;
    parse(reply: ProduceReply): Promise<ProduceReply>;
  };
}

interface ProtocolErrors {
  readonly createErrorFromCode: (code: number) => Error & { readonly retriable: boolean; readonly type: string };
}

/** The version kafkajs speaks to any broker since 2.1; the first with zstd (KIP-110). */
const VERSION = 7;

/**
 * Makes the client send record batches that are encoded already. Its own encoder makes an object and several buffers per field, 30-60 µs a
 * record; and its reader throws on the first partition that failed, so that one cannot tell which were written.
 */
export function patchProduce(): void {
  const definition = internalOf('protocol/requests/produce') as RequestDefinition<ProduceOptions, Exchange>;
  patchExchange(definition, VERSION, (exchange, options) => {
    if (!isPrepared(options)) return exchange;
    return {
      request: { ...exchange.request, encode: () => encode(options) },
      response: { decode: (bytes) => exchange.response.decode(bytes), parse },
    };
  });
}

/** What went wrong, by kafkajs' name for the code. */
export function protocolError(code: number): Error & { readonly retriable: boolean; readonly type: string } {
  const { createErrorFromCode } = internalOf('protocol/error') as ProtocolErrors;
  return createErrorFromCode(code);
}

/**
 * Throws only when nothing was written and trying again can help: then the client refreshes its metadata and sends all of it again. In any
 * other case the codes are the caller's to look at, partition by partition.
 */
async function parse(reply: ProduceReply): Promise<ProduceReply> {
  const codes = reply.topics.flatMap((topic) => topic.partitions.map((partition) => partition.errorCode));
  if (codes.length === 0 || codes.includes(0)) return reply;
  const errors = codes.map(protocolError);
  const [first] = errors;
  if (first !== undefined && errors.every((error) => error.retriable)) throw first;
  return reply;
}

function isPrepared({ topicData }: ProduceOptions): boolean {
  const message = topicData[0]?.partitions[0]?.messages[0];
  return typeof message === 'object' && message !== null && 'recordBatch' in message;
}

/**
 * Produce request, version 7: transactional_id NULLABLE_STRING | acks INT16 | timeout INT32 | topics: count INT32, each
 * name STRING, partitions: count INT32, each index INT32, RECORDS (size INT32, bytes).
 *
 * @returns what kafkajs takes for one of its encoders
 */
async function encode({ acks, timeout, topicData }: ProduceOptions): Promise<object> {
  let size = 12;
  for (const { topic, partitions } of topicData) {
    size += 6 + Buffer.byteLength(topic);
    for (const { messages } of partitions) size += 8 + batchOf(messages).length;
  }
  const buffer = Buffer.allocUnsafe(size);
  let at = buffer.writeInt16BE(-1, 0);
  at = buffer.writeInt16BE(acks, at);
  at = buffer.writeInt32BE(timeout, at);
  at = buffer.writeInt32BE(topicData.length, at);
  for (const { topic, partitions } of topicData) {
    at = buffer.writeInt16BE(Buffer.byteLength(topic), at);
    at += buffer.write(topic, at);
    at = buffer.writeInt32BE(partitions.length, at);
    for (const { partition, messages } of partitions) {
      const batch = batchOf(messages);
      at = buffer.writeInt32BE(partition, at);
      at = buffer.writeInt32BE(batch.length, at);
      buffer.set(batch, at);
      at += batch.length;
    }
  }
  return { buf: buffer, buffer, size: () => size };
}

function batchOf(messages: readonly unknown[]): Buffer {
  // A request takes one batch per partition, so there is exactly one message.
  return (messages[0] as PreparedMessage).recordBatch;
}

// Asks a broker for all topics (Metadata, version 1), by hand: the one question whose answer tells that a node is really up.
import { exchange } from './exchange.js';

const METADATA = 3;
const VERSION = 1;
const ALL_TOPICS = -1;

export interface MetadataReply {
  readonly brokers: number;
  readonly partitionsWithoutLeader: number;
}

/** @throws when there is no answer within the time, or none that can be read */
export async function kafkaMetadata(host: string, port: number, timeoutMs: number): Promise<MetadataReply> {
  const reply = await exchange(host, port, metadataRequest('fleethook-probe'), timeoutMs, (received) => {
    if (received.length < 4) return undefined;
    const end = 4 + received.readInt32BE(0);
    return received.length < end ? undefined : received.subarray(4, end);
  });
  return readMetadataReply(reply);
}

/** Ready: the node is in the cluster, and every partition that it has come back with has a leader. */
export async function isKafkaReady(host: string, port: number, timeoutMs = 2_000): Promise<boolean> {
  try {
    const { brokers, partitionsWithoutLeader } = await kafkaMetadata(host, port, timeoutMs);
    return brokers > 0 && partitionsWithoutLeader === 0;
  } catch {
    return false;
  }
}

function metadataRequest(clientId: string): Buffer {
  const body = Buffer.alloc(8 + 2 + Buffer.byteLength(clientId) + 4);
  body.writeInt16BE(METADATA, 0);
  body.writeInt16BE(VERSION, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(Buffer.byteLength(clientId), 8);
  body.write(clientId, 10);
  body.writeInt32BE(ALL_TOPICS, body.length - 4);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/**
 * correlation_id [broker: node_id host port rack] controller_id
 * [topic: error name is_internal [partition: error index leader [replica] [isr]]]
 */
export function readMetadataReply(reply: Buffer): MetadataReply {
  let position = 4;
  const int16 = (): number => reply.readInt16BE((position += 2) - 2);
  const int32 = (): number => reply.readInt32BE((position += 4) - 4);
  const skipText = (): void => {
    const length = int16();
    position += Math.max(0, length);
  };

  const brokers = int32();
  times(brokers, () => {
    int32();
    skipText();
    int32();
    skipText();
  });
  int32();
  let partitionsWithoutLeader = 0;
  times(int32(), () => {
    int16();
    skipText();
    position += 1;
    times(int32(), () => {
      const error = int16();
      int32();
      const leader = int32();
      if (leader < 0 || error !== 0) partitionsWithoutLeader++;
      times(int32(), int32);
      times(int32(), int32);
    });
  });
  return { brokers, partitionsWithoutLeader };
}

function times(count: number, read: () => void): void {
  for (let done = 0; done < count; done++) read();
}

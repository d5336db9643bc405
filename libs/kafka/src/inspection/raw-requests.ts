import { internalOf } from '../client/kafkajs.js';

/** Two requests of newer versions than kafkajs has: their answers say what the asking user may do (KIP-430). */

/** What kafkajs sends and reads for us. */
export interface RawRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<unknown>;
  };
  readonly response: { decode(bytes: unknown): Promise<T>; parse(reply: T): Promise<T> };
}

interface Encoder {
  writeInt32(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBoolean(value: boolean): Encoder;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readString(): string | null;
  readBoolean(): boolean;
  readBytes(): unknown;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

export interface RawTopic {
  readonly errorCode: number;
  readonly name: string;
  readonly partitions: readonly {
    readonly errorCode: number;
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly inSync: readonly number[];
  }[];
  readonly operations: number;
}

export interface RawMetadata {
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly clusterId: string | undefined;
  readonly topics: readonly RawTopic[];
  readonly clusterOperations: number;
}

export interface RawGroup {
  readonly errorCode: number;
  readonly id: string;
  readonly state: string;
  readonly members: number;
  readonly operations: number;
}

const METADATA = { apiKey: 3, apiVersion: 8, apiName: 'Metadata' };
const DESCRIBE_GROUPS = { apiKey: 15, apiVersion: 3, apiName: 'DescribeGroups' };

/** Metadata, version 8: [topics] allow_auto_topic_creation include_cluster_ and include_topic_authorized_operations. */
export function metadataRequest(topics: readonly string[]): RawRequest<RawMetadata> {
  return exchange(
    METADATA,
    (encoder) => {
      encoder.writeInt32(topics.length);
      for (const topic of topics) encoder.writeString(topic);
      encoder.writeBoolean(false).writeBoolean(true).writeBoolean(true);
    },
    (decoder) => {
      decoder.readInt32();
      const brokers = decoder.readArray((broker) => {
        const [id, host, port] = [broker.readInt32(), broker.readString() ?? '', broker.readInt32()];
        broker.readString();
        return { id, host, port };
      });
      const clusterId = decoder.readString() ?? undefined;
      decoder.readInt32();
      const topics = decoder.readArray(readTopic);
      return { brokers, clusterId, topics, clusterOperations: decoder.readInt32() };
    },
  );
}

function readTopic(decoder: Decoder): RawTopic {
  const [errorCode, name] = [decoder.readInt16(), decoder.readString() ?? ''];
  decoder.readBoolean();
  const partitions = decoder.readArray((partition) => {
    const [error, , leader] = [partition.readInt16(), partition.readInt32(), partition.readInt32()];
    partition.readInt32();
    const [replicas, inSync] = [nodes(partition), nodes(partition)];
    nodes(partition);
    return { errorCode: error, leader, replicas, inSync };
  });
  return { errorCode, name, partitions, operations: decoder.readInt32() };
}

const nodes = (decoder: Decoder): number[] => decoder.readArray((node) => node.readInt32());

/** DescribeGroups, version 3: [groups] include_authorized_operations. */
export function describeGroupRequest(group: string): RawRequest<readonly RawGroup[]> {
  return exchange(
    DESCRIBE_GROUPS,
    (encoder) => encoder.writeInt32(1).writeString(group).writeBoolean(true),
    (decoder) => {
      decoder.readInt32();
      return decoder.readArray((found) => {
        const [errorCode, id, state] = [found.readInt16(), found.readString() ?? '', found.readString() ?? ''];
        found.readString();
        found.readString();
        const members = found.readArray((member) => {
          for (let texts = 0; texts < 3; texts += 1) member.readString();
          member.readBytes();
          member.readBytes();
        });
        return { errorCode, id, state, members: members.length, operations: found.readInt32() };
      });
    },
  );
}

function exchange<T>(
  what: Pick<RawRequest<T>['request'], 'apiKey' | 'apiVersion' | 'apiName'>,
  write: (encoder: Encoder) => unknown,
  read: (decoder: Decoder) => T,
): RawRequest<T> {
  const Writer = internalOf('protocol/encoder') as new () => Encoder;
  const Reader = internalOf('protocol/decoder') as new (bytes: unknown) => Decoder;
  return {
    request: {
      ...what,
      encode: () => {
        const encoder = new Writer();
        write(encoder);
        return Promise.resolve(encoder);
      },
    },
    response: { decode: (bytes) => Promise.resolve(read(new Reader(bytes))), parse: (reply) => Promise.resolve(reply) },
  };
}

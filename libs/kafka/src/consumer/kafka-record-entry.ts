import type { RecordHeaders } from '@fleethook/messages';
import type { KafkaRecord } from './kafka-batch.js';

/** A record as the client hands it over: its buffers are slices of the whole fetch response. */
export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>> | undefined;
}

/** Who took the record and knows what becomes of it. */
export interface RecordOwner {
  readonly topicName: string;
  readonly partition: number;
  readonly mayForward: boolean;
  begin(record: KafkaRecordEntry): boolean;
  settle(sequence: number): void;
  abandon(record: KafkaRecordEntry): void;
}

/** What an object of this kind costs beside its payload, roughly: so that a window's bytes say something about small records too. */
const OVERHEAD_BYTES = 256;

const NO_HEADERS: RecordHeaders = Object.freeze({});

export class KafkaRecordEntry implements KafkaRecord {
  constructor(
    private readonly owner: RecordOwner,
    /** By which its window knows it. */
    readonly sequence: number,
    readonly offset: number,
    readonly timestampMs: number,
    readonly key: Buffer | null,
    readonly value: Buffer | null,
    readonly headers: RecordHeaders,
  ) {}

  get topic(): string {
    return this.owner.topicName;
  }

  get partition(): number {
    return this.owner.partition;
  }

  get mayForward(): boolean {
    return this.owner.mayForward;
  }

  begin(): boolean {
    return this.owner.begin(this);
  }

  settle(): void {
    this.owner.settle(this.sequence);
  }

  abandon(): void {
    this.owner.abandon(this);
  }
}

/** Payload and overhead, as a window counts it. */
export function bytesOf(message: FetchedMessage): number {
  let bytes = OVERHEAD_BYTES + (message.key?.length ?? 0) + (message.value?.length ?? 0);
  for (const name in message.headers) bytes += name.length + (lastOf(message.headers[name])?.length ?? 0);
  return bytes;
}

/** Copies, since one kept slice would pin the whole response. */
export function recordOf(
  owner: RecordOwner,
  message: FetchedMessage,
  offset: number,
  sequence: number,
): KafkaRecordEntry {
  const { key, value } = message;
  return new KafkaRecordEntry(
    owner,
    sequence,
    offset,
    Number(message.timestamp),
    key === null ? null : Buffer.from(key),
    value === null ? null : Buffer.from(value),
    headersOf(message.headers),
  );
}

function headersOf(headers: FetchedMessage['headers']): RecordHeaders {
  if (headers === undefined) return NO_HEADERS;
  const copies: Record<string, Buffer> = {};
  for (const name in headers) {
    const last = lastOf(headers[name]);
    if (last !== undefined && name !== '__proto__')
      copies[name] = typeof last === 'string' ? Buffer.from(last) : Buffer.from(last);
  }
  return copies;
}

/** A name may repeat: the last one wins. */
function lastOf(value: Buffer | string | (Buffer | string)[] | undefined): Buffer | string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}

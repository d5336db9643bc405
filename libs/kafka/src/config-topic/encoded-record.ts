import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { EncodedRecord, RecordHeaders } from '@fleethook/messages';

type FetchedRecord = Pick<KafkaMessage, 'key' | 'value'> & { readonly headers?: IHeaders | undefined };

/** A record as the codecs read it; its bytes are slices of the whole fetch. */
export function recordOf({ key, value, headers }: FetchedRecord): EncodedRecord {
  return { key, value, headers: lastHeaders(headers) };
}

/** One that may be kept: a slice would hold on to the whole fetch. */
export function copyOf({ key, value, headers }: EncodedRecord): EncodedRecord {
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, Buffer.from(bytes)])),
  };
}

/** kafkajs hands out an array when a name repeats: the last value counts. */
function lastHeaders(headers: IHeaders | undefined): RecordHeaders {
  const read: Record<string, Buffer> = {};
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) read[name] = typeof last === 'string' ? Buffer.from(last) : last;
  }
  return read;
}

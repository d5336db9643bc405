import type { IHeaders } from 'kafkajs';
import type { RecordHeaders } from '@fleethook/messages';

/** kafkajs hands out an array when a name repeats: the last value counts. */
export function lastHeaders(headers: IHeaders | undefined): RecordHeaders {
  const read: Record<string, Buffer> = {};
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) read[name] = typeof last === 'string' ? Buffer.from(last) : last;
  }
  return read;
}

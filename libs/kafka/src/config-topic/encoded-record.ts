import type { EncodedRecord } from '@fleethook/messages';
import type { FetchedMessage } from '../client/fetched-message.js';

/** A record as the codecs read it; its value is a slice of the whole fetch. */
export function recordOf({ keyText, value, headerTexts }: FetchedMessage): EncodedRecord {
  return { key: keyText, value, headers: headerTexts };
}

/** One that may be kept: a slice would hold on to the whole fetch. */
export function copyOf({ key, value, headers }: EncodedRecord): EncodedRecord {
  return { key, value: value === null ? null : Buffer.from(value), headers };
}

import { headerText, type EncodedRecord } from './headers.js';
import { MessageError } from '../message-error.js';

/**
 * A record whose batch cannot be read has neither key nor value, and says why in this header, which is written by whoever reads the batch. Of
 * a record that has a value it says nothing.
 */
export const UNREADABLE_HEADER = 'fleethook-unreadable';

/** Why nobody can read the record; undefined for one that has merely no value. */
export function unreadableReason(record: EncodedRecord): string | undefined {
  // Its headers last: some read them anew at every look.
  return record.value === null && record.key === null ? headerText(record.headers, UNREADABLE_HEADER) : undefined;
}

/** @throws MessageError RECORD_UNREADABLE */
export function requireReadable(record: EncodedRecord): void {
  const reason = unreadableReason(record);
  if (reason !== undefined) throw new MessageError('RECORD_UNREADABLE', reason);
}

import type { FieldErrors } from '@fleethook/events';

/** What an accepted event's index and PRN take of the heap, its place in the list included. */
export const ACCEPTED_BYTES = 192;
/** Of a refused one, its place in the list included, beside its faults. */
const REJECTED_BYTES = 96;
/** A list of messages, with what it was grown for. */
const BYTES_PER_POINTER = 200;

/** What the faults of a refused event take until they are answered. */
export function rejectedBytes(errors: FieldErrors): number {
  let bytes = REJECTED_BYTES;
  for (const [pointer, messages] of Object.entries(errors)) {
    bytes += BYTES_PER_POINTER + pointer.length;
    for (const message of messages) bytes += message.length;
  }
  return bytes;
}

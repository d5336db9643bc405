import type { Receiver } from '../support/receiver.js';

/** The events that a path answered with success, repeats included: a repeat after a 500 is no duplicate. */
export function takenAt(receiver: Receiver, path: string): string[] {
  return receiver.answered(path, 200).map(({ headers }) => String(headers['webhook-id']));
}

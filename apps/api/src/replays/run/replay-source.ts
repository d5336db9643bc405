import type { DeliveryMessage } from '@fleethook/messages';
import type { ReplayPosition } from '@fleethook/store';

/** The next records of a source, in order; those that are not sent are taken together. */
export interface ReplayItem {
  /** So many records were looked at. */
  readonly scanned: number;
  /** So many of them would be sent and cannot be: the log, or the history, has them no more. */
  readonly skipped: number;
  /** What to send; undefined: nothing. */
  readonly delivery: DeliveryMessage | undefined;
  /** Moves the position behind it: call it in order, before the next. */
  pass(): void;
}

/** Where a replay's deliveries come from. Goes on from a position, and moves it as items are passed. */
export abstract class ReplaySource {
  /** Finds out where to begin, unless the position says it. @returns how many records there are in all, if that is known */
  abstract open(position: ReplayPosition): Promise<number | undefined>;
  /** Ends when nothing is left, or on the signal. */
  abstract items(position: ReplayPosition, signal: AbortSignal): AsyncGenerator<readonly ReplayItem[]>;
}

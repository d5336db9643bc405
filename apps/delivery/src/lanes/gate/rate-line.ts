import type { LaneQueue } from '../lane-gate.js';

/** What comes finds its lane's queue shorter than this, or gets a later time. */
const QUEUE_MS = 5_000;
/** Whoever comes at the time it was given finds its place, though others were a little early or late. */
const BOOKED_QUEUE_MS = 10_000;
/** Above it a queue is cut: the rate was lowered. */
const LONGEST_QUEUE_MS = 20_000;
/** So long before its turn a delivery comes back: the queue must not run dry. */
const LEAD_MS = 2_500;
/** Nothing stays away for longer: then a higher rate is noticed, and one rewrite an hour is no storm. */
const LONGEST_AWAY_MS = 3_600_000;

/** Deliveries of one kind that were given a time. */
interface Line {
  /** The turn of the last of them. */
  untilMs: number;
}

/**
 * Who comes when to a lane whose rate is limited: what its queue cannot take is given the next free time, once, instead of being sent away
 * for a few seconds again and again. Fresh deliveries and the others have a line each, so that a replay does not stand before them.
 *
 *     now |-- queue: 5 s --|-- booked: each delivery a slot, in the order in which they came --| next free slot
 */
export class RateLine {
  readonly #fresh: Line = { untilMs: 0 };
  readonly #again: Line = { untilMs: 0 };

  /**
   * @param hasBooked it comes at a time that it was given
   * @param eachMs between two attempts
   * @returns 0: it may join the queue; else how long it is to stay away, milliseconds
   */
  awayMs(queue: LaneQueue, isAgain: boolean, hasBooked: boolean, eachMs: number, nowMs: number): number {
    const line = isAgain ? this.#again : this.#fresh;
    const queueMs = this.#queueMs(queue, isAgain, eachMs, nowMs);
    const hasRoom = hasBooked ? queueMs < BOOKED_QUEUE_MS : queueMs < QUEUE_MS && !isAhead(line, nowMs);
    return hasRoom ? 0 : this.bookMs(queue, isAgain, eachMs, nowMs);
  }

  /** How long a delivery that cannot stay is to stay away. */
  bookMs(queue: LaneQueue, isAgain: boolean, eachMs: number, nowMs: number): number {
    const line = isAgain ? this.#again : this.#fresh;
    const paceMs = this.#paceMs(queue, isAgain, eachMs, nowMs);
    const queueMs = this.#queueMs(queue, isAgain, eachMs, nowMs);
    line.untilMs = Math.max(line.untilMs, nowMs + queueMs) + paceMs;
    line.untilMs = Math.min(line.untilMs, nowMs + LONGEST_AWAY_MS + LEAD_MS);
    return Math.max(1, line.untilMs - LEAD_MS - nowMs);
  }

  /** More than this must not wait in the lane. */
  static mostWaiting(eachMs: number): number {
    return Math.max(2, LONGEST_QUEUE_MS / eachMs);
  }

  /** Nobody has a time that is still to come. */
  isOver(nowMs: number): boolean {
    return !isAhead(this.#fresh, nowMs) && !isAhead(this.#again, nowMs);
  }

  #queueMs(queue: LaneQueue, isAgain: boolean, eachMs: number, nowMs: number): number {
    return (isAgain ? queue.againWaiting : queue.freshWaiting) * this.#paceMs(queue, isAgain, eachMs, nowMs);
  }

  /** Both kinds have turns alternately while there are both. */
  #paceMs(queue: LaneQueue, isAgain: boolean, eachMs: number, nowMs: number): number {
    const othersWaiting = isAgain ? queue.freshWaiting : queue.againWaiting;
    const others = isAgain ? this.#fresh : this.#again;
    return othersWaiting > 0 || isAhead(others, nowMs) ? eachMs * 2 : eachMs;
  }
}

function isAhead(line: Line, nowMs: number): boolean {
  return line.untilMs - LEAD_MS > nowMs;
}

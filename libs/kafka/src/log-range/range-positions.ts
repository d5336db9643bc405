import type { PartitionEnds } from '../reader-group/reader-group.js';

/** A part of one partition: the offsets from `next` up to, and without, `end`. */
export interface OffsetRange {
  readonly partition: number;
  readonly next: number;
  readonly end: number;
}

/** What to do with a batch that arrived. */
export type RangeVerdict =
  /** Hand over its records from `nextOf` up to the end of the range. */
  | 'take'
  /** It begins behind where we are: of an earlier assignment, or retention took what lies between. Taking it would leave out records. */
  | 'ahead'
  /** Nothing of this partition is wanted any more. */
  | 'done';

/**
 * The positions of a reader that hands over every offset of some ranges once and in order per partition, however often its group is joined
 * again. Offsets that the log has no more are counted, not waited for.
 */
export class RangePositions {
  readonly #partitions = new Map<number, { next: number; end: number }>();

  constructor(ranges: readonly OffsetRange[]) {
    for (const { partition, next, end } of ranges) this.#partitions.set(partition, { next, end: Math.max(next, end) });
  }

  get isDone(): boolean {
    return this.remaining === 0;
  }

  /** Offsets to go. */
  get remaining(): number {
    let remaining = 0;
    for (const { next, end } of this.#partitions.values()) remaining += end - next;
    return remaining;
  }

  /** Undefined when nothing of the partition is left to read. */
  nextOf(partition: number): number | undefined {
    const range = this.#partitions.get(partition);
    return range === undefined || range.next >= range.end ? undefined : range.next;
  }

  isWithin(partition: number, offset: number): boolean {
    const range = this.#partitions.get(partition);
    return range !== undefined && offset >= range.next && offset < range.end;
  }

  judge(partition: number, fetchedOffset: number): RangeVerdict {
    const next = this.nextOf(partition);
    if (next === undefined) return 'done';
    return fetchedOffset > next ? 'ahead' : 'take';
  }

  /** Everything below `next` was handed over or does not exist; never moves back, nor beyond the end. @returns where it stands now */
  advance(partition: number, next: number): number {
    const range = this.#partitions.get(partition);
    if (range === undefined) return next;
    range.next = Math.min(Math.max(range.next, next), range.end);
    return range.next;
  }

  /**
   * Fits the ranges to what the log holds: a beginning that retention took is passed over, and an end that the log does not reach (the
   * topic was made anew) is cut, for nothing would ever arrive from there.
   *
   * @returns what is lost of each partition, and where it goes on; partitions without a loss are left out
   */
  fit(ends: readonly PartitionEnds[]): { partition: number; next: number; expired: number }[] {
    const lost: { partition: number; next: number; expired: number }[] = [];
    for (const { partition, low, high } of ends) {
      const range = this.#partitions.get(partition);
      if (range === undefined || range.next >= range.end) continue;
      const before = range.end - range.next;
      const next = Math.min(Math.max(range.next, low), range.end);
      const end = Math.max(next, Math.min(range.end, high));
      const expired = before - (end - next);
      Object.assign(range, { next, end });
      if (expired > 0) lost.push({ partition, next, expired });
    }
    return lost;
  }
}

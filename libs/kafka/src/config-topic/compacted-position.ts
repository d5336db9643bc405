/** Where a reader of a whole partition is, in offsets. */
export interface PartitionPosition {
  /** The next offset to apply. */
  next: number;
  /** Where the partition ended when reading began, or began again: there the reader has seen everything. */
  end: number;
}

/** What to do with a batch that arrived. */
export type BatchVerdict =
  /** Apply its records from `next` on. */
  | 'take'
  /** Fetched for an earlier assignment, ahead of where we are: taking it would leave out records. */
  | 'ahead'
  /** The partition ends before what was applied already: it is another topic of the same name, or an old batch. */
  | 'rewound';

/**
 * The positions of a reader that applies every partition of a topic, from the beginning, each offset once and in order, however often the
 * group is joined again (nothing is committed, so each join starts over).
 */
export class CompactedPositions {
  readonly #partitions = new Map<number, PartitionPosition>();

  /** Starts reading: to `ends`, by partition. Partitions that begin at their end (low = high) have been read already. */
  begin(partitions: readonly { readonly partition: number; readonly low: number; readonly high: number }[]): void {
    this.#partitions.clear();
    for (const { partition, low, high } of partitions) this.#partitions.set(partition, { next: low, end: high });
  }

  nextOf(partition: number): number {
    return this.#partitions.get(partition)?.next ?? 0;
  }

  judge(partition: number, fetchedOffset: number, highWatermark: number): BatchVerdict {
    const next = this.nextOf(partition);
    if (highWatermark < next) return 'rewound';
    return fetchedOffset > next ? 'ahead' : 'take';
  }

  /** False: the offset was applied before. */
  isNew(partition: number, offset: number): boolean {
    return offset >= this.nextOf(partition);
  }

  /** Everything below is applied; never moves back. */
  advance(partition: number, next: number): void {
    const position = this.#partitions.get(partition);
    // A partition that was added later is read from its beginning.
    if (position === undefined) this.#partitions.set(partition, { next, end: 0 });
    else position.next = Math.max(position.next, next);
  }

  /** Offsets below the ends that are not applied; compacted ones count as long as nothing behind them was read. */
  get remaining(): number {
    let remaining = 0;
    for (const { next, end } of this.#partitions.values()) remaining += Math.max(0, end - next);
    return remaining;
  }

  /** A topic that ends before what was applied from it was made anew. */
  isRecreated(partitions: readonly { readonly partition: number; readonly high: number }[]): boolean {
    return partitions.some(({ partition, high }) => high < this.nextOf(partition));
  }

  lag(partitions: readonly { readonly partition: number; readonly high: number }[]): number {
    return partitions.reduce((lag, { partition, high }) => lag + Math.max(0, high - this.nextOf(partition)), 0);
  }
}

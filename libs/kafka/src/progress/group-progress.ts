/** How far a group has come in one partition. */
export interface PartitionProgress {
  readonly partition: number;
  /** All below is done with: what the group has committed, or where the log begins when that is later. */
  readonly committed: number;
  readonly end: number;
}

/** How far a group has come in one topic. */
export interface GroupProgress {
  /** Both without the prefix. */
  readonly group: string;
  readonly topic: string;
  readonly partitions: readonly PartitionProgress[];
}

/** Records that the group is not done with, those that it works on included. */
export function recordsToGo({ partitions }: Pick<GroupProgress, 'partitions'>): number {
  return partitions.reduce((sum, { committed, end }) => sum + Math.max(0, end - committed), 0);
}

interface FoundOffset {
  readonly partition: number;
  readonly offset: string;
}

interface FoundEnds extends FoundOffset {
  readonly low: string;
  readonly high: string;
}

/** @param committed -1 where the group has committed nothing: it begins with the log */
export function progressOf(ends: readonly FoundEnds[], committed: readonly FoundOffset[]): PartitionProgress[] {
  const committedOf = new Map(committed.map(({ partition, offset }) => [partition, Number(offset)]));
  return ends
    .map(({ partition, low, high }) => ({
      partition,
      committed: Math.max(committedOf.get(partition) ?? -1, Number(low)),
      end: Number(high),
    }))
    .toSorted((one, other) => one.partition - other.partition);
}

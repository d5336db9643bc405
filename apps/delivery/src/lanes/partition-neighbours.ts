/**
 * So long after another lane's last record a lane counts as alone. What comes behind a flood is not seen before the flood is read: whether
 * somebody waits there can only be told from who was there before.
 */
const ALONE_AFTER_MS = 600_000;

interface LastSeen {
  lane: string;
  /** When this lane took turns with another for the last time. */
  changedAtMs: number;
}

/** Which partitions are in use by one lane only: there it can hold up nobody. */
export class PartitionNeighbours {
  readonly #lastSeen = new Map<number, LastSeen>();

  /** Notes a record of a lane. @returns true when the partition has had no other lane's for a while */
  isAlone(partition: number, lane: string, nowMs: number): boolean {
    const seen = this.#lastSeen.get(partition);
    if (seen === undefined) {
      this.#lastSeen.set(partition, { lane, changedAtMs: -Infinity });
      return true;
    }
    if (seen.lane !== lane) {
      seen.lane = lane;
      seen.changedAtMs = nowMs;
    }
    return nowMs - seen.changedAtMs > ALONE_AFTER_MS;
  }
}

/** What of a partition's window lanes may fill. */
export interface LaneBounds {
  /** Of a window, shared by all lanes of its partition. */
  readonly windowRecords: number;
  readonly windowBytes: number;
}

export interface LaneLoad {
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly concurrency: number;
  readonly perSecond: number;
  /** No other lane of the partition has had a record for a while. */
  readonly isAlone: boolean;
}

/** More than the lane works off in this time would hold up the partition's commits, and whoever else comes along. */
const MAX_WAIT_SECONDS = 5;
/** The rest of the window is for the other lanes of the partition. */
const SHARE_BESIDE_OTHERS = 0.75;
/** A slow lane too has what its slots need next. */
const MIN_WAITING_PER_SLOT = 2;

/** A lane this full takes no more: its further records are put off, so that the partition flows on. */
export function isLaneFull(load: LaneLoad, bounds: LaneBounds): boolean {
  const share = load.isAlone ? 1 : SHARE_BESIDE_OTHERS;
  if (load.waiting >= bounds.windowRecords * share || load.waitingBytes >= bounds.windowBytes * share) return true;
  return load.waiting >= Math.max(load.concurrency * MIN_WAITING_PER_SLOT, load.perSecond * MAX_WAIT_SECONDS);
}

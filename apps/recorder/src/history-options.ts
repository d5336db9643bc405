export interface HistoryOptions {
  /** Facts and partitions of days that this has passed are dropped. */
  readonly retentionMs: number;
  /** Rows of one batch at most. */
  readonly maxRows: number;
  /** The first record of a batch waits at most this long for others. */
  readonly lingerMs: number;
}

export const HISTORY_OPTIONS = Symbol('history options');

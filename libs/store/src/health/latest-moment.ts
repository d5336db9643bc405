/**
 * No attempt is of later than this: whatever says so was told by a clock that runs ahead. Were it believed, all that is true would be older
 * than it, for as long as the clock was ahead. Clocks that are kept are seconds apart.
 */
export const MAX_LEAD_MS = 300_000;

/** The same in SQL, by PostgreSQL's clock. */
export const LATEST_MOMENT = `now() + interval '${MAX_LEAD_MS / 1_000} seconds'`;

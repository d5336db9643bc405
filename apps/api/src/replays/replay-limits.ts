export const DEFAULT_RATE_PER_SECOND = 100;
export const MAX_RATE_PER_SECOND = 5_000;

/** Of one organization, not ended yet: the paused ones too. */
export const MAX_OPEN_REPLAYS = 100;

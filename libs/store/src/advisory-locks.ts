/** Advisory locks of ours, in the two-number form: the first says Fleethook, the second what for. */
export const LOCK_SPACE = 0x666c6874;

export const LOCKS = {
  migrations: 1,
  bootstrap: 2,
  outboxRelay: 3,
  historyUpkeep: 4,
  replays: 7,
  disableRule: 8,
} as const;

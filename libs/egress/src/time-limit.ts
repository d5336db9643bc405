/** A time limit that strikes so much later than it should says that this process stood still, or was busy. */
export const LATE_MS = 50;

export interface TimeLimited {
  /** @param dueAtMs when it should have been told, on the clock of `performance.now()`; undefined: now, more or less */
  timeLimitReached(dueAtMs: number | undefined): void;
}

/**
 * Timers come before sockets in a turn of the event loop, immediates after them. Where we did not look in time ourselves, what we wait for may
 * have come and lie unread: so it is read before the limit is told.
 */
export function limitTime(limited: TimeLimited, timeoutMs: number): NodeJS.Timeout {
  return setTimeout(struck, timeoutMs, limited, performance.now() + timeoutMs);
}

function struck(limited: TimeLimited, dueAtMs: number): void {
  if (performance.now() > dueAtMs + LATE_MS) setImmediate(tell, limited, dueAtMs);
  else limited.timeLimitReached(undefined);
}

function tell(limited: TimeLimited, dueAtMs: number): void {
  limited.timeLimitReached(dueAtMs);
}

/** `new`: handle it now. `seen`: it was handled before. `busy`: somebody is handling it. */
export type Claim = 'new' | 'seen' | 'busy';

/**
 * Remembers which events were handled, so that a duplicate is acknowledged without being handled again. Delivery is at least once: an event
 * counts as seen only after its handler has succeeded. A store that several processes share gives `busy` an end (a lease), because a
 * process that dies neither keeps nor releases what it has claimed.
 */
export interface SeenEvents {
  /** @param prn of the event */
  claim(prn: string): Claim | Promise<Claim>;
  /** It was handled: from now on it is `seen`. */
  keep(prn: string): void | Promise<void>;
  /** It was not: from now on it is `new` again. */
  release(prn: string): void | Promise<void>;
}

const DEFAULT_MAX_EVENTS = 100_000;

/** For one process: forgets what was not met for longest when full, and everything at its end. About 200 bytes an event. */
export class MemorySeenEvents implements SeenEvents {
  readonly #busy = new Set<string>();
  /** In the order in which they were last met. */
  readonly #seen = new Set<string>();
  readonly #maxEvents: number;

  /** @throws RangeError unless maxEvents (default 100,000) is a positive whole number */
  constructor(options: { readonly maxEvents?: number } = {}) {
    const { maxEvents = DEFAULT_MAX_EVENTS } = options;
    if (!Number.isSafeInteger(maxEvents) || maxEvents < 1)
      throw new RangeError('maxEvents is a whole number, 1 or more');
    this.#maxEvents = maxEvents;
  }

  /** Events that are remembered as handled. */
  get size(): number {
    return this.#seen.size;
  }

  claim(prn: string): Claim {
    if (this.#busy.has(prn)) return 'busy';
    if (this.#seen.has(prn)) {
      this.#remember(prn);
      return 'seen';
    }
    this.#busy.add(prn);
    return 'new';
  }

  keep(prn: string): void {
    this.#busy.delete(prn);
    this.#remember(prn);
  }

  release(prn: string): void {
    this.#busy.delete(prn);
  }

  #remember(prn: string): void {
    this.#seen.delete(prn);
    this.#seen.add(prn);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= this.#maxEvents) return;
      this.#seen.delete(oldest);
    }
  }
}

/** A run that was held up may catch up on so much, at once. */
const CATCH_UP_MS = 250;

/** So many a second, evenly, however late it is asked. */
export class Pace {
  readonly #eachMs: number;
  #nextMs = -Infinity;

  constructor(perSecond: number) {
    this.#eachMs = 1_000 / perSecond;
  }

  /** Takes the next turn. @returns how long to wait for it, 0 or less: none at all */
  take(nowMs: number): number {
    const turnMs = this.#nextMs === -Infinity ? nowMs : Math.max(this.#nextMs, nowMs - CATCH_UP_MS);
    this.#nextMs = turnMs + this.#eachMs;
    return turnMs - nowMs;
  }
}

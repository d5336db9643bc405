const BUCKETS = 12;
const BUCKET_MS = 5_000;

/** How the attempts of the last 60 s ended, counted in steps of 5 s: a few numbers, however many attempts. */
export class RecentResults {
  /** By step, results and failures in turn. */
  readonly #counts = Array.from({ length: BUCKETS * 2 }, () => 0);
  #step = 0;
  #results = 0;
  #failures = 0;

  note(isFailure: boolean, nowMs: number): void {
    this.#advance(nowMs);
    const at = (this.#step % BUCKETS) * 2;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#results++;
    if (!isFailure) return;
    this.#counts[at + 1] = (this.#counts[at + 1] ?? 0) + 1;
    this.#failures++;
  }

  /** As of the last one noted. */
  get results(): number {
    return this.#results;
  }

  get failures(): number {
    return this.#failures;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#results = 0;
    this.#failures = 0;
  }

  #advance(nowMs: number): void {
    const step = Math.floor(nowMs / BUCKET_MS);
    // A clock that was set back: what is in the newest step stays there.
    if (step <= this.#step && this.#step - step < BUCKETS) return;
    if (Math.abs(step - this.#step) >= BUCKETS) this.clear();
    else for (let gone = this.#step + 1; gone <= step; gone++) this.#forget((gone % BUCKETS) * 2);
    this.#step = step;
  }

  #forget(at: number): void {
    this.#results -= this.#counts[at] ?? 0;
    this.#failures -= this.#counts[at + 1] ?? 0;
    this.#counts[at] = 0;
    this.#counts[at + 1] = 0;
  }
}

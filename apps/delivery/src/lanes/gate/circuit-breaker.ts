import { classOf, type Outcome } from '@fleethook/retry';
import { RecentResults } from './recent-results.js';

/** Fewer say nothing. */
const MIN_RESULTS = 10;
const OPENS_AT_FAILURE_PERCENT = 70;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 600_000;

/** Told of what a person may want to know. */
export interface BreakerWatch {
  /** @param failures of so many `results`; of one, the probe, when it had been open already */
  opened(failures: number, results: number, openMs: number): void;
  /** The probe was taken. @param openForMs since it opened first */
  closed(openForMs: number): void;
  /** It was open, and what it knew was of another endpoint. */
  forgotten(): void;
}

/**
 * Leaves an endpoint alone that fails nearly always, so that its deliveries take no slots and use up no attempts.
 *
 *     closed -- 10 results or more in 60 s, 70 % or more failed --> open for 30 s -- then --> half open: one probe, others stand by
 *       ^                                                              ^  fails: open for twice as long, at most 10 m |
 *       `--------------------- the probe does not fail -----------------------------------------------------------'
 */
export class CircuitBreaker {
  readonly #recent = new RecentResults();
  /** 0: closed. */
  #openUntilMs = 0;
  #openMs = 0;
  #openedAtMs = 0;
  /** Begun in this era. */
  #inFlight = 0;
  #isProbing = false;
  /** Of the endpoint that is judged: what began before it became this one says nothing about it. */
  #era = 0;

  constructor(private readonly watch: BreakerWatch) {}

  get isOpen(): boolean {
    return this.#openUntilMs > 0;
  }

  /** Whoever begins an attempt remembers it for `ended`. */
  get era(): number {
    return this.#era;
  }

  /** @returns 0: an attempt may start; else how long it is open, milliseconds; Infinity: until an attempt in flight ends */
  waitMs(nowMs: number): number {
    if (this.#openUntilMs === 0) return 0;
    if (nowMs < this.#openUntilMs) return this.#openUntilMs - nowMs;
    // What began before it opened is no probe: that is how its result is told from the probe's.
    return this.#inFlight === 0 ? 0 : Infinity;
  }

  /** Call for every attempt that starts; `ended` follows. */
  started(nowMs: number): void {
    if (this.waitMs(nowMs) === 0) this.#isProbing = this.#openUntilMs > 0;
    this.#inFlight++;
  }

  /**
   * @param outcome undefined: no attempt was made after all
   * @param era in which it began
   */
  ended(outcome: Outcome | undefined, era: number, nowMs: number): void {
    if (era !== this.#era) return;
    this.#inFlight--;
    const wasProbing = this.#isProbing;
    if (this.#inFlight === 0) this.#isProbing = false;
    if (outcome === undefined) return;
    const { countsForBreaker: isFailure, fault } = classOf(outcome);
    // It says nothing about the endpoint.
    if (fault === 'ours') return;
    if (this.#openUntilMs === 0) this.#judge(isFailure, nowMs);
    else if (wasProbing) this.#probed(isFailure, nowMs);
  }

  /** Another endpoint: whatever was known is of no use. */
  reset(): void {
    if (this.isOpen) this.watch.forgotten();
    this.#recent.clear();
    this.#openUntilMs = 0;
    this.#isProbing = false;
    this.#era++;
    this.#inFlight = 0;
  }

  /** An open one is kept until it would be no longer, and for as long again: nobody may have come to be the probe. */
  isForgettable(nowMs: number): boolean {
    return this.#openUntilMs === 0 || nowMs >= this.#openUntilMs + LONGEST_OPEN_MS;
  }

  #judge(isFailure: boolean, nowMs: number): void {
    this.#recent.note(isFailure, nowMs);
    const { results, failures } = this.#recent;
    if (!isFailure || results < MIN_RESULTS || failures * 100 < results * OPENS_AT_FAILURE_PERCENT) return;
    this.#openedAtMs = nowMs;
    this.#open(FIRST_OPEN_MS, nowMs);
    this.#recent.clear();
    this.watch.opened(failures, results, this.#openMs);
  }

  #probed(isFailure: boolean, nowMs: number): void {
    this.#isProbing = false;
    if (isFailure) {
      this.#open(Math.min(this.#openMs * 2, LONGEST_OPEN_MS), nowMs);
      this.watch.opened(1, 1, this.#openMs);
      return;
    }
    this.#openUntilMs = 0;
    this.watch.closed(nowMs - this.#openedAtMs);
  }

  #open(openMs: number, nowMs: number): void {
    this.#openMs = openMs;
    this.#openUntilMs = nowMs + openMs;
  }
}

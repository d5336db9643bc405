import { Problem, unavailable } from '../http/problem.js';
import type { ByteBudget } from './byte-budget.js';

/**
 * What one request holds of the budget beside its events on their way: the part of its body that is being read, the events that wait to be
 * sent, and its results.
 */
export class HeldBytes {
  #body = 0;
  #unsent = 0;
  #results = 0;

  constructor(private readonly budget: ByteBudget) {}

  /** @throws Problem 503 when there is no room for more now, 413 when there never is */
  setBody(bytes: number): void {
    if (bytes > this.#body) this.#take(bytes - this.#body);
    else this.budget.release(this.#body - bytes);
    this.#body = bytes;
  }

  /** @throws Problem 503, 413 */
  addResult(bytes: number): void {
    this.#take(bytes);
    this.#results += bytes;
  }

  /**
   * The body has become events, which wait to be sent. What the intake adds can make many small ones larger than all that may be held: they
   * count for no more than that, else such a request would be refused however often it came.
   * @throws Problem 503
   */
  bodyBecomes(unsentBytes: number): void {
    const counted = Math.min(unsentBytes, this.budget.maxBytes - this.#results);
    this.setBody(counted);
    this.#unsent = counted;
    this.#body = 0;
  }

  /** An event is on its way, and counts as such from now on. False: there is no room for it. */
  moveToSent(bytes: number): boolean {
    const held = Math.min(bytes, this.#unsent);
    if (!this.budget.take(bytes - held)) return false;
    this.#unsent -= held;
    return true;
  }

  release(): void {
    this.budget.release(this.#body + this.#unsent + this.#results);
    this.#body = 0;
    this.#unsent = 0;
    this.#results = 0;
  }

  #take(bytes: number): void {
    const { maxBytes } = this.budget;
    if (this.#body + this.#results + bytes > maxBytes)
      throw new Problem(413, `The request, with what its answer has to name, takes more than ${maxBytes} bytes`);
    if (!this.budget.take(bytes)) throw unavailable('Too many events wait for Kafka');
  }
}

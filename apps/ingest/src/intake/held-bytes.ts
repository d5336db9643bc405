import { Problem, unavailable } from '../http/problem.js';
import type { ByteBudget } from './byte-budget.js';

/** What one request holds of the budget beside its events on their way: the part of its body that is being read, and its results. */
export class HeldBytes {
  #body = 0;
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

  release(): void {
    this.budget.release(this.#body + this.#results);
    this.#body = 0;
    this.#results = 0;
  }

  #take(bytes: number): void {
    const { maxBytes } = this.budget;
    if (this.#body + this.#results + bytes > maxBytes)
      throw new Problem(413, `The request, with what its answer has to name, takes more than ${maxBytes} bytes`);
    if (!this.budget.take(bytes)) throw unavailable('Too many events wait for Kafka');
  }
}

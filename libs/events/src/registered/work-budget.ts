/**
 * How much work checking one payload may be. A small schema can ask for work that doubles with every level of the payload; counting it,
 * not timing it, gives the same answer on every machine. A unit is about 20 ns, so all of it is less than half a second.
 */
const MAX_WORK = 1 << 24;

export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

export class WorkBudget {
  #left = MAX_WORK;

  refill(share = 1): void {
    this.#left = MAX_WORK * share;
  }

  /** @throws TooMuchWork */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new TooMuchWork('the work for one payload is used up');
  }
}

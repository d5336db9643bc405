const COMPACT_ABOVE = 256;

/**
 * First in, first out, for what comes and goes thousands of times a second. `shift` neither moves what is behind nor holds on to what it
 * gave. A `Set` would do the first but not the second: it leaves each table it has outgrown, contents and all, pointing at its successor,
 * and once one of them is old the garbage collector keeps, copies and promotes all that follow; that was a tenth of a delivery's cost.
 */
export class Fifo<T extends object> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest, left where it is. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Back to where it was taken from: it is the oldest again. */
  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  /** The oldest. */
  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > COMPACT_ABOVE && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The youngest. */
  pop(): T | undefined {
    return this.length === 0 ? undefined : this.#items.pop();
  }

  /** Takes one out from wherever it is; looks at all of them. @returns whether it was there */
  delete(item: T): boolean {
    const index = this.#items.indexOf(item, this.#head);
    if (index === -1) return false;
    this.#items.splice(index, 1);
    return true;
  }

  /** Drops all that do not pass. */
  keep(test: (item: T) => boolean): void {
    this.#items = this.#items.filter((item) => item !== undefined && test(item));
    this.#head = 0;
  }
}

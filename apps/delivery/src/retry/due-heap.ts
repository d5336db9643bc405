/** What is due at a time; equal times keep the order of their sequence. */
export interface Due {
  readonly dueAtMs: number;
  readonly sequence: number;
}

/** A binary min-heap: the earliest on top. */
export class DueHeap<T extends Due> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || !isBefore(item, parent)) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let index = 0;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = items[leftIndex];
      if (left === undefined) break;
      const right = items[leftIndex + 1];
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      items[index] = child;
      index = isRight ? leftIndex + 1 : leftIndex;
    }
    items[index] = last;
    return top;
  }

  /** Drops what is not wanted any more. */
  keep(wanted: (item: T) => boolean): void {
    const kept = this.#items.filter(wanted);
    if (kept.length === this.#items.length) return;
    this.#items = [];
    for (const item of kept) this.push(item);
  }
}

function isBefore(left: Due, right: Due): boolean {
  return left.dueAtMs < right.dueAtMs || (left.dueAtMs === right.dueAtMs && left.sequence < right.sequence);
}

import { createHash } from 'node:crypto';

const MODULUS = 2_147_483_647;
const MULTIPLIER = 48_271;

/** Chance that is the same for the same seed: Park and Miller's generator, which needs no more than whole numbers below 2^53. */
export class SeededRandom {
  #state: number;

  constructor(seed: string) {
    // 1 to MODULUS - 1: zero would stay zero.
    this.#state = (createHash('sha256').update(seed).digest().readUIntBE(0, 6) % (MODULUS - 1)) + 1;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state * MULTIPLIER) % MODULUS;
    return (this.#state - 1) / (MODULUS - 1);
  }

  /** From 0 to below `count`. */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.index(items.length)] ?? items[0];
  }
}

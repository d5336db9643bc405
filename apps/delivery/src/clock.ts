/** Time and chance, which specs set themselves. */
export abstract class Clock {
  /** Epoch milliseconds. */
  abstract now(): number;
  /** In [0, 1). */
  abstract random(): number;
  /** @returns what cancels it */
  abstract after(delayMs: number, call: () => void): () => void;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  random(): number {
    return Math.random();
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = setTimeout(call, delayMs).unref();
    return () => clearTimeout(timer);
  }
}

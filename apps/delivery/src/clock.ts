/** Time and chance, which specs set themselves. */
export abstract class Clock {
  /** Epoch milliseconds: for what others read, and for what outlives this process. It steps when somebody sets the machine's clock. */
  abstract now(): number;
  /** Milliseconds since some moment, which no setting of the clock touches: for whatever waits, or is counted, in this process alone. */
  abstract elapsed(): number;
  /** In [0, 1). */
  abstract random(): number;
  /** @returns what cancels it */
  abstract after(delayMs: number, call: () => void): () => void;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = setTimeout(call, delayMs).unref();
    return () => clearTimeout(timer);
  }
}

/** What comes of these chunks until the signal is aborted; then its reason is thrown, also while a chunk is awaited. */
export function untilAborted<T>(chunks: AsyncIterable<T, unknown, undefined>, signal: AbortSignal): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new UntilAborted(chunks[Symbol.asyncIterator](), signal) };
}

class UntilAborted<T> implements AsyncIterator<T, unknown, undefined> {
  #reject: ((reason: unknown) => void) | undefined;

  constructor(
    private readonly chunks: AsyncIterator<T, unknown, undefined>,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => {
      this.#reject?.(signal.reason);
      // Takes effect once the chunk that is awaited has come, or cannot come any more.
      void this.chunks.return?.();
    });
  }

  next(): Promise<IteratorResult<T, unknown>> {
    // Not a race with one promise for all chunks: that would remember each of them.
    return new Promise((resolve, reject) => {
      this.signal.throwIfAborted();
      this.#reject = reject;
      this.chunks.next().then(resolve, reject);
    });
  }

  async return(): Promise<IteratorResult<T, unknown>> {
    return (await this.chunks.return?.()) ?? { done: true, value: undefined };
  }
}

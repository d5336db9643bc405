/**
 * Work that goes on beside a test: its owner stops it, or the end of the test does. What goes wrong in it is thrown to whoever waits for its
 * end; unheard it would strike the next suite.
 */
export class BackgroundTask implements AsyncDisposable {
  readonly #stop = new AbortController();
  /** Rejects with what went wrong. */
  readonly ended: Promise<void>;

  /** @param work ends by itself or once its signal is aborted */
  constructor(work: (signal: AbortSignal) => Promise<void>) {
    this.ended = work(this.#stop.signal);
    this.ended.catch(() => undefined);
  }

  /** Asks it to end, and waits until it has. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }
}

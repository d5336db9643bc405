import type { Say } from '@fleethook/infrastructure';

/** Everything ends within 30 s; the last second is for the hard end. */
const STOP_WITHIN_MS = 29_000;
/** npm passes on a Ctrl-C that the terminal has already sent to everybody: that is one, not two. */
const SAME_SIGNAL_WITHIN_MS = 500;

export interface StopOptions {
  readonly say: Say;
  /** In order; each is waited for. */
  readonly stop: () => Promise<void>;
  /** At once. */
  readonly kill: () => void;
  readonly now?: () => number;
}

/**
 * Takes the signals: the first stops in order, a second one (not its echo) ends hard. So does a stop that takes too long.
 */
export class Stopper {
  private readonly aborting = new AbortController();
  private firstAt: number | undefined;
  private finish: (code: number) => void = () => undefined;
  /** The exit code, when everything has ended. */
  readonly finished = new Promise<number>((resolve) => (this.finish = resolve));

  constructor(private readonly options: StopOptions) {}

  /** Aborted as soon as it is to stop. */
  get signal(): AbortSignal {
    return this.aborting.signal;
  }

  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.request(signal));
    process.on('disconnect', () => this.request('the process that started it is gone'));
  }

  request(reason: string): void {
    const now = (this.options.now ?? Date.now)();
    if (this.firstAt === undefined) {
      this.firstAt = now;
      this.options.say(`Stopping (${reason}); once more ends it at once.`);
      void this.end(0);
    } else if (now - this.firstAt >= SAME_SIGNAL_WITHIN_MS) {
      this.options.say('Ending at once. What was in flight is sent again on the next start.');
      this.options.kill();
      this.finish(1);
    }
  }

  /** Ends everything because it cannot go on. */
  fail(): void {
    this.firstAt ??= (this.options.now ?? Date.now)();
    void this.end(1);
  }

  private async end(code: number): Promise<void> {
    this.aborting.abort();
    const overdue = setTimeout(() => {
      this.options.say('Stopping took too long; ending what is left.');
      this.options.kill();
      this.finish(1);
    }, STOP_WITHIN_MS);
    try {
      await this.options.stop();
      this.finish(code);
    } catch (error) {
      this.options.say(`Stopping failed: ${error instanceof Error ? error.message : String(error)}`);
      this.options.kill();
      this.finish(1);
    } finally {
      clearTimeout(overdue);
    }
  }
}

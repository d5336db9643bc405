import { messageOf } from '../infrastructure-error.js';
import type { Say } from '../infrastructure.js';
import { Backoff } from './backoff.js';

/** Something that was started and can end: a child process, a container. */
export interface Launched {
  readonly pid: number | undefined;
  /** How it ended, in words ("exit code 1", "SIGKILL"). Never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end; ends it hard when it does not within its own bound. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface KeptRunningOptions {
  /** As a sentence begins: "Kafka", "router". */
  readonly name: string;
  /** Starts it anew. It must heed the signal: after it nobody waits for what was started. */
  readonly launch: (signal: AbortSignal) => Promise<Launched>;
  readonly say: Say;
  readonly onChange?: () => void;
  readonly backoff?: Backoff;
  readonly now?: () => number;
}

/**
 * Starts something again whenever it ends, until it is stopped: with a growing pause, never giving up, and always saying so.
 *
 *   start ──▶ running ──ended──▶ waiting ──▶ launching ──▶ running …        stop() from anywhere ──▶ stopped
 *                                   ▲─────── failed ────────┘
 */
export class KeptRunning {
  private current: Launched | undefined;
  private pause: NodeJS.Timeout | undefined;
  private launching: Promise<void> = Promise.resolve();
  private readonly aborting = new AbortController();
  private readonly backoff: Backoff;
  private readonly now: () => number;

  constructor(private readonly options: KeptRunningOptions) {
    this.backoff = options.backoff ?? new Backoff();
    this.now = options.now ?? Date.now;
  }

  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** The first start, which is allowed to fail: then there is nothing to keep. */
  async start(): Promise<void> {
    await this.launch();
  }

  async stop(): Promise<void> {
    this.aborting.abort();
    clearTimeout(this.pause);
    await this.launching;
    await this.current?.stop();
    this.current = undefined;
  }

  kill(): void {
    this.aborting.abort();
    clearTimeout(this.pause);
    this.current?.kill();
  }

  private get stopped(): boolean {
    return this.aborting.signal.aborted;
  }

  private async launch(): Promise<void> {
    const startedAt = this.now();
    const launched = await this.options.launch(this.aborting.signal);
    this.current = launched;
    this.options.onChange?.();
    void launched.ended.then((how) => {
      if (this.current !== launched || this.stopped) return;
      this.current = undefined;
      this.options.onChange?.();
      this.again(`${this.options.name} ended (${how})`, this.now() - startedAt);
    });
  }

  private again(whatHappened: string, ranForMs: number): void {
    const delayMs = this.backoff.delayAfterMs(ranForMs);
    this.options.say(`${whatHappened}; starting it again in ${delayMs / 1_000} s.`);
    this.pause = setTimeout(() => {
      const startedAt = this.now();
      this.launching = this.launch().catch((error: unknown) => {
        if (!this.stopped) {
          this.again(`${this.options.name} did not start: ${messageOf(error)}`, this.now() - startedAt);
        }
      });
    }, delayMs);
  }
}

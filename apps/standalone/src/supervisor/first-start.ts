import type { AppName } from '@fleethook/config';
import { StandaloneError } from '../standalone-error.js';

/** Enough for what passes by itself: with the pauses between them some 15 seconds. */
const MOST_ENDS = 5;

/**
 * An app that ends again and again before it has ever listened will not come up by being started again: the first start is given up.
 * One that has listened has come up once, and whatever ended it may pass.
 */
export class FirstStart {
  private readonly givingUp = new AbortController();
  private readonly ends = new Map<AppName, number>();
  private readonly up = new Set<AppName>();

  constructor(private readonly logFileOf: (app: AppName) => string) {}

  /** Aborted with a StandaloneError APP_FAILED when the start is given up. */
  get failed(): AbortSignal {
    return this.givingUp.signal;
  }

  listens(app: AppName): void {
    this.up.add(app);
  }

  /** @param how in words, with the last reason that it gave */
  ended(app: AppName, how: string): void {
    if (this.up.has(app)) return;
    const ends = (this.ends.get(app) ?? 0) + 1;
    this.ends.set(app, ends);
    if (ends < MOST_ENDS || this.failed.aborted) return;
    this.givingUp.abort(
      new StandaloneError(
        'APP_FAILED',
        `${app} has ended ${ends} times without coming up, at last with ${how}. ${this.logFileOf(app)} has all that it said.`,
      ),
    );
  }
}

import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { LeaderSession, LOCKS } from '@fleethook/store';
import { WakeUp } from '../outbox/wake-up.js';
import { FailingEndpoints } from './failing-endpoints.js';

export interface DisableRuleOptions {
  readonly databaseUrl: string;
  readonly intervalMs: number;
  readonly tidyIntervalMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const DISABLE_RULE_OPTIONS = Symbol('disable rule options');

/** Nobody notifies on it: time alone makes this work due. */
const CHANNEL = 'fleethook_disable_rule';

/**
 * Judges failing webhooks again and again, in one process at a time. It waits before the first time: after PostgreSQL was away, the
 * history must have caught up, or a success that is not recorded yet would be held against its webhook.
 */
@Injectable()
export class DisableRuleJob implements BeforeApplicationShutdown {
  readonly #wakeUp = new WakeUp();
  #running: Promise<void> | undefined;
  #stopping = false;
  #tidyDueMs = 0;

  constructor(
    private readonly endpoints: FailingEndpoints,
    @Inject(DISABLE_RULE_OPTIONS) private readonly options: DisableRuleOptions,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    metrics.disableRuleLastRun.set(0);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp.call();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping()) {
      await this.#leadOnce();
      if (!this.#isStopping()) await this.#wakeUp.sleep(this.options.intervalMs);
    }
  }

  async #leadOnce(): Promise<void> {
    let session: LeaderSession | undefined;
    try {
      session = await this.#tryToLead();
      if (session !== undefined) await this.#lead(session);
    } catch (error) {
      this.log.warn(
        { event: 'disable_rule.failed', error },
        'Failing webhooks could not be judged; the next time will do',
      );
    } finally {
      await session?.close();
    }
  }

  async #lead(session: LeaderSession): Promise<void> {
    const mayGoOn = (): boolean => session.leads && !this.#isStopping();
    while (mayGoOn()) {
      await this.#wakeUp.sleep(this.options.intervalMs);
      if (!mayGoOn() || !(await session.check())) return;
      await this.endpoints.judgeAll(this.options.now(), mayGoOn);
      if (!mayGoOn()) return;
      this.metrics.disableRuleLastRun.set(Date.now() / 1_000);
      if (performance.now() < this.#tidyDueMs) continue;
      this.#tidyDueMs = performance.now() + this.options.tidyIntervalMs;
      await this.endpoints.tidy();
    }
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #tryToLead(): Promise<LeaderSession | undefined> {
    return LeaderSession.tryToLead({
      databaseUrl: this.options.databaseUrl,
      lock: LOCKS.disableRule,
      channel: CHANNEL,
      onWake: () => undefined,
      onEnd: () => this.#wakeUp.call(),
    });
  }
}

import type { Scheduler } from '../../window/scheduler.js';

/**
 * Whether this process is surely still a member of its group: it is for one session from the last word of the brokers. A process that stood
 * still for longer (stopped, swapped out, cut off) may have been taken for dead, and others may own its partitions without its knowledge.
 */
export class Membership {
  #heardAtMs = -Infinity;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly sessionTimeoutMs: number,
  ) {}

  /** The brokers have just said that we are a member. */
  confirm(): void {
    this.#heardAtMs = this.scheduler.now();
  }

  get isSure(): boolean {
    return this.scheduler.now() - this.#heardAtMs <= this.sessionTimeoutMs;
  }
}

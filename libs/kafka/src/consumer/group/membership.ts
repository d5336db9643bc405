import type { Scheduler } from '../../window/scheduler.js';

/**
 * Whether this process is surely still a member of its group: it is for one session from the last word of the brokers, or rather from when
 * they were asked. A process that stood still for longer (stopped, swapped out, cut off) may have been taken for dead, and others may own its
 * partitions without its knowledge.
 */
export class Membership {
  #heardAtMs = -Infinity;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly sessionTimeoutMs: number,
  ) {}

  /**
   * The brokers have said that we are a member.
   * @param ageMs how long ago they were asked: what they said may have waited for us to read it
   */
  confirm(ageMs: number): void {
    this.#heardAtMs = Math.max(this.#heardAtMs, this.scheduler.now() - Math.max(0, ageMs));
  }

  get isSure(): boolean {
    return this.scheduler.now() - this.#heardAtMs <= this.sessionTimeoutMs;
  }
}

import type { Scheduler } from '../../window/scheduler.js';

export interface MembershipOptions {
  readonly sessionTimeoutMs: number;
  /** The heir of a partition waits so long for its last owner. Read whenever it is needed. */
  readonly graceMs: number;
  readonly scheduler: Scheduler;
}

/** How often a process that joins anew looks whether it stands still. */
const LOOK_EVERY_MS = 1_000;

/**
 * Whether this process is surely still a member of its group, with the partitions that it knows of. It is for one session from the last word of
 * the brokers, or rather from when they were asked: a process that stood still for longer (stopped, swapped out, cut off) may have been taken
 * for dead, and others may own its partitions without its knowledge.
 *
 * While the group joins anew less is enough. The brokers may have shared the partitions out as soon as they had our request, and an heir waits for
 * one grace only: who stands still for as long meanwhile knows nothing until the answer is read.
 */
export class Membership {
  #heardAtMs = -Infinity;
  #rejoin: { lookedAtMs: number; hasStoodStill: boolean; cancelLook: () => void } | undefined;

  constructor(private readonly options: MembershipOptions) {}

  /**
   * The brokers have said that we are a member.
   * @param ageMs how long ago they were asked: what they said may have waited for us to read it
   */
  confirm(ageMs: number): void {
    this.#heardAtMs = Math.max(this.#heardAtMs, this.options.scheduler.now() - Math.max(0, ageMs));
  }

  /** The group joins anew, and so do we. */
  rejoining(): void {
    this.#rejoin ??= { lookedAtMs: this.options.scheduler.now(), hasStoodStill: false, cancelLook: () => {} };
    this.#look();
  }

  /** We have read what is ours now. @returns whether an heir may have lost its patience with us before that */
  joined(ageMs: number): boolean {
    const hasStoodStill = this.#hasStoodStill();
    this.left();
    this.confirm(ageMs);
    return hasStoodStill;
  }

  /** There is nothing to join any more. */
  left(): void {
    this.#rejoin?.cancelLook();
    this.#rejoin = undefined;
  }

  get isSure(): boolean {
    const { scheduler, sessionTimeoutMs } = this.options;
    return scheduler.now() - this.#heardAtMs <= sessionTimeoutMs && !this.#hasStoodStill();
  }

  #hasStoodStill(): boolean {
    const rejoin = this.#rejoin;
    if (rejoin === undefined) return false;
    const { scheduler, graceMs } = this.options;
    if (scheduler.now() - rejoin.lookedAtMs > graceMs) rejoin.hasStoodStill = true;
    return rejoin.hasStoodStill;
  }

  #look(): void {
    const rejoin = this.#rejoin;
    if (rejoin === undefined || this.#hasStoodStill()) return;
    const { scheduler } = this.options;
    rejoin.lookedAtMs = scheduler.now();
    rejoin.cancelLook();
    rejoin.cancelLook = scheduler.after(LOOK_EVERY_MS, () => this.#look());
  }
}

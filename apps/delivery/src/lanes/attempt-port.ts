import type { Outcome } from '@fleethook/retry';
import type { LaneDelivery } from './lane.js';

/** Told exactly once how an attempt, or the try to make one, ended: its slot is free again. */
export interface SlotOwner {
  attemptEnded(delivery: LaneDelivery, outcome: Outcome | undefined, latencyMs: number): void;
}

/** Makes the attempts; never throws. */
export abstract class AttemptPort {
  abstract run(delivery: LaneDelivery, slot: SlotOwner): void;
}

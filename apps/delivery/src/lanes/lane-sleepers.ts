import type { Clock } from '../clock.js';
import type { Lane } from './lane.js';

/** Lanes whose gate asked to wait; one timer, for the first that wakes. Those that wait for ever are roused. */
export class LaneSleepers {
  readonly #lanes = new Set<Lane>();
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly onAwake: (lane: Lane) => void,
  ) {}

  add(lane: Lane, untilMs: number): void {
    lane.standsUntilMs = untilMs;
    this.#lanes.add(lane);
    if (untilMs < this.#timerAtMs) this.#arm(untilMs);
  }

  /** It may ask its gate again. */
  rouse(lane: Lane): void {
    lane.standsUntilMs = 0;
    this.#lanes.delete(lane);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#lanes.clear();
  }

  #arm(atMs: number): void {
    this.#cancelTimer?.();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.clock.after(Math.max(1, atMs - this.clock.elapsed()), () => this.#wake());
  }

  #wake(): void {
    this.#cancelTimer = undefined;
    this.#timerAtMs = Infinity;
    const nowMs = this.clock.elapsed();
    const awake: Lane[] = [];
    let nextMs = Infinity;
    for (const lane of this.#lanes) {
      if (lane.standsUntilMs <= nowMs) awake.push(lane);
      else nextMs = Math.min(nextMs, lane.standsUntilMs);
    }
    if (nextMs < Infinity) this.#arm(nextMs);
    for (const lane of awake) {
      this.#lanes.delete(lane);
      lane.standsUntilMs = 0;
      this.onAwake(lane);
    }
  }
}

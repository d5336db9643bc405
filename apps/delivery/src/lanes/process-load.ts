import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Busier than this, attempts wait for us rather than for their receivers. */
const SATURATED_ABOVE = 0.85;

/** Whether this process is the bottleneck. */
export abstract class ProcessLoad {
  /** Called about once a second; the answer holds until the next call. */
  abstract sample(): void;
  abstract readonly isSaturated: boolean;
}

/** Looks at how much of its time the event loop was busy. */
export class EventLoopLoad extends ProcessLoad {
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #isSaturated = false;

  get isSaturated(): boolean {
    return this.#isSaturated;
  }

  sample(): void {
    const now = performance.eventLoopUtilization();
    this.#isSaturated = performance.eventLoopUtilization(now, this.#last).utilization > SATURATED_ABOVE;
    this.#last = now;
  }
}

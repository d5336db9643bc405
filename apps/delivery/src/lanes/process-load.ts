import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Busier than this, attempts wait for us rather than for their receivers. */
const SATURATED_ABOVE = 0.85;
/** Called so much later than once a second, others use the processor, or one of our turns took as long. */
const LATE_MS = 200;
const SAMPLE_INTERVAL_MS = 1_000;
/** What was measured while it lasted is still in the averages. */
const LASTS_MS = 15_000;

/** Whether this process is the bottleneck. */
export abstract class ProcessLoad {
  /** Called once a second. */
  abstract sample(): void;
  abstract readonly isSaturated: boolean;
}

/** Looks at how much of its time the event loop was busy, and whether it is run when it should be. */
export class EventLoopLoad extends ProcessLoad {
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #sampledAtMs = performance.now();
  #saturatedUntilMs = -Infinity;

  get isSaturated(): boolean {
    return performance.now() < this.#saturatedUntilMs;
  }

  sample(): void {
    const nowMs = performance.now();
    const now = performance.eventLoopUtilization();
    const isBusy = performance.eventLoopUtilization(now, this.#last).utilization > SATURATED_ABOVE;
    const isLate = nowMs - this.#sampledAtMs > SAMPLE_INTERVAL_MS + LATE_MS;
    if (isBusy || isLate) this.#saturatedUntilMs = nowMs + LASTS_MS;
    this.#last = now;
    this.#sampledAtMs = nowMs;
  }
}

import type { KafkaRecord } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import { dueAt, waitsInPlace, type Schedule } from '@fleethook/retry';
import type { Clock } from '../clock.js';
import { DueHeap, type Due } from './due-heap.js';

/** A record of a tier, waiting in memory for its time. */
export interface WaitingDelivery extends Due {
  readonly record: KafkaRecord;
  readonly notBeforeMs: number | undefined;
}

export interface DueHeadOptions {
  readonly schedule: Schedule;
  readonly tierMs: number;
  readonly clock: Clock;
  /** Moves a delivery on that is due now, and says when that is done. */
  readonly release: (waiting: WaitingDelivery, nowMs: number, onDone: () => void) => void;
}

/** Clocks step: however far away the next one is, look again after this time. */
const MAX_TIMER_MS = 30_000;

/**
 * The head of one partition of a tier: the records that its window holds, by the time they are due. What is behind them in the log was
 * appended later, so it can be due at most the jitter earlier. One timer, nothing sleeps.
 *
 *     log      |-- taken, waiting here ---------|-- still in Kafka: the window is full --- ...
 *     heap      due 10:00:05, 10:00:07, ...        (the partition is paused)
 */
export class DueHead {
  readonly #waiting = new DueHeap<WaitingDelivery>();
  /** Released, not yet acknowledged: in the order they were due. */
  readonly #moving = new Set<WaitingDelivery>();
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Infinity;
  #sequence = 0;
  #latestMs = 0;

  constructor(private readonly options: DueHeadOptions) {}

  /** @param message what the record says; it is not kept, since a record waits for hours and its bytes are all that is needed */
  take(record: KafkaRecord, message: DeliveryMessage): void {
    const { schedule, tierMs, clock } = this.options;
    const dueAtMs = dueAt(
      schedule,
      {
        appendedAtMs: record.timestampMs,
        tierMs,
        jitterMs: message.jitterMs,
        notBeforeMs: message.notBeforeMs,
      },
      clock.now(),
    );
    this.#waiting.push({ record, dueAtMs, notBeforeMs: message.notBeforeMs, sequence: this.#sequence++ });
  }

  /** Releases what is due, in that order, and sets the timer for what comes next. Call after `take`. */
  advance(): void {
    const { clock, release } = this.options;
    const nowMs = clock.now();
    for (let head = this.#waiting.peek(); head !== undefined && head.dueAtMs <= nowMs; head = this.#waiting.peek()) {
      this.#waiting.pop();
      // Its tier was over with a hop's time left, and it is looked at late: sent now, it would be early.
      if (waitsInPlace(this.options.schedule, head.notBeforeMs, nowMs)) {
        this.#waiting.push({ ...head, dueAtMs: head.notBeforeMs });
        continue;
      }
      this.#latestMs = Math.max(this.#latestMs, nowMs - head.dueAtMs);
      const moving = head;
      this.#moving.add(moving);
      release(moving, nowMs, () => this.#moving.delete(moving));
    }
    this.#arm(nowMs);
  }

  get size(): number {
    return this.#waiting.size + this.#moving.size;
  }

  /** How late it is, or has been since it was last asked, milliseconds. */
  takeLateness(): number {
    const [moving] = this.#moving;
    const oldest = moving ?? this.#waiting.peek();
    const lateMs = oldest === undefined ? 0 : this.options.clock.now() - oldest.dueAtMs;
    const latestMs = Math.max(0, lateMs, this.#latestMs);
    this.#latestMs = 0;
    return latestMs;
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#waiting.keep(() => false);
  }

  #arm(nowMs: number): void {
    const next = this.#waiting.peek();
    if (next === undefined) {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      return;
    }
    const atMs = Math.min(next.dueAtMs, nowMs + MAX_TIMER_MS);
    if (this.#cancelTimer !== undefined && this.#timerAtMs <= atMs) return;
    this.#cancelTimer?.();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.options.clock.after(Math.max(1, atMs - nowMs), () => {
      this.#cancelTimer = undefined;
      // A partition that moved away has its records read again by its next owner.
      this.#waiting.keep(({ record }) => record.mayForward);
      this.advance();
    });
  }
}

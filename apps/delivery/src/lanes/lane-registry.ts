import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { deliveryKey, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import { Fifo } from '@fleethook/queue';
import type { Outcome } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { RetrySink } from '../retry/retry-sink.js';
import type { Webhook } from '../webhook.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { LaneAdmission } from './lane-admission.js';
import { LaneGates } from './lane-gate.js';
import { LaneSleepers } from './lane-sleepers.js';
import { Lane } from './lane.js';
import { isAgain, QueuedDelivery, type QueuedLane } from './queued-delivery.js';

/** Told exactly once how an attempt, or the try to make one, ended: its slot is free again. */
export interface SlotOwner {
  attemptEnded(delivery: QueuedDelivery, outcome: Outcome | undefined, latencyMs: number): void;
}

/** Makes the attempts; never throws. */
export abstract class AttemptPort {
  abstract run(delivery: QueuedDelivery, slot: SlotOwner): void;
}

export abstract class LaneLimits {
  /** Attempts in flight in this process. */
  abstract readonly processConcurrency: number;
  /** And of a webhook that says nothing else. */
  abstract readonly webhookConcurrency: number;
}

const SWEEP_INTERVAL_MS = 1_000;
const FORGET_AFTER_MS = 60_000;
/** By then connections without work are closed. */
const COLD_AFTER_MS = 15_000;
/** More attempts at once, per sweep, for a lane that waits on the first ones. */
const WARM_UP_STEP = 8;

/**
 * A lane per webhook, and the slots of the process, which lanes that have work get in turn: however much waits in one, the next slot goes to
 * another.
 */
@Injectable()
export class LaneRegistry implements SlotOwner, OnApplicationShutdown {
  readonly #lanes = new Map<string, QueuedLane>();
  /** The ring: lanes that could start an attempt, each once. */
  readonly #ready = new Fifo<QueuedLane>();
  readonly #sleepers: LaneSleepers;
  readonly #slots: ConcurrencyLimit;
  #waiting = 0;
  #isPumping = false;
  #cancelSweep: () => void;

  constructor(
    private readonly attempts: AttemptPort,
    private readonly retries: RetrySink,
    private readonly gates: LaneGates,
    private readonly admission: LaneAdmission,
    private readonly limits: LaneLimits,
    private readonly clock: Clock,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.#slots = new ConcurrencyLimit(limits.processConcurrency, true);
    this.#sleepers = new LaneSleepers(clock, (lane) => {
      this.#noteReady(lane);
      this.#pump();
    });
    this.#cancelSweep = clock.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }

  /** Takes a delivery; what its lane cannot hold goes to a tier. */
  offer(record: KafkaRecord, message: DeliveryMessage, webhook: Webhook): void {
    const key = deliveryKey(message.webhook, message.lane);
    const nowMs = this.clock.now();
    const lane = this.#laneOf(key);
    lane.configure(webhook, this.limits.webhookConcurrency);
    const isFull =
      this.admission.isFull(lane, record.partition, isAgain(message), nowMs) ||
      (message.series !== undefined && this.admission.isFullOfReplays(lane));
    if (isFull) {
      this.#putOff(lane, record, message, nowMs);
      return;
    }
    lane.push(new QueuedDelivery(record, message, lane));
    this.#waiting++;
    this.#noteReady(lane);
    this.#pump();
  }

  attemptEnded(delivery: QueuedDelivery, outcome: Outcome | undefined, latencyMs: number): void {
    const { lane } = delivery;
    const nowMs = this.clock.now();
    this.#slots.release();
    lane.ended(delivery, nowMs);
    lane.gate.ended(outcome, nowMs);
    if (outcome !== undefined) {
      lane.pace.observe(latencyMs);
      this.admission.observe(latencyMs);
    }
    if (lane.isIdle) lane.idleSinceMs = nowMs;
    this.#noteReady(lane);
    this.#pump();
  }

  get lanes(): number {
    return this.#lanes.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get inFlight(): number {
    return this.#slots.inUse;
  }

  onApplicationShutdown(): void {
    this.#cancelSweep();
    this.#sleepers.close();
  }

  #laneOf(key: string): QueuedLane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key, this.gates.create());
      lane.idleSinceMs = this.clock.now();
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #noteReady(lane: QueuedLane): void {
    if (lane.isReady || lane.standsUntilMs > 0 || !lane.canStart) return;
    lane.isReady = true;
    this.#ready.push(lane);
  }

  /** One attempt per lane and turn, while there are slots. */
  #pump(): void {
    // What it starts may end, and offers may come, before it is through: the loop sees them.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#slots.hasRoom) {
        const lane = this.#ready.shift();
        if (lane === undefined) return;
        lane.isReady = false;
        if (lane.canStart) this.#turn(lane);
        this.#noteReady(lane);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  #turn(lane: QueuedLane): void {
    const nowMs = this.clock.now();
    const decision = lane.gate.admit(nowMs);
    if (decision.kind === 'wait') {
      this.#sleepers.add(lane, nowMs + decision.waitMs);
      return;
    }
    const delivery = lane.take();
    if (delivery === undefined) return;
    this.#waiting--;
    if (decision.kind === 'defer') {
      this.retries.defer(delivery.record, delivery.message, decision.reason, decision.waitMs);
      return;
    }
    this.#slots.acquire();
    lane.started(delivery, nowMs);
    this.attempts.run(delivery, this);
  }

  /** An endpoint that slowed down, or hangs: what it cannot take in time was let in when it looked faster. */
  #shed(lane: QueuedLane, nowMs: number): void {
    const most = this.admission.mostWaiting(lane, nowMs);
    while (lane.waiting > most) {
      const youngest = lane.takeBack();
      if (youngest === undefined) return;
      this.#waiting--;
      this.#putOff(lane, youngest.record, youngest.message, nowMs);
    }
  }

  #putOff(lane: QueuedLane, record: KafkaRecord, message: DeliveryMessage, nowMs: number): void {
    const waitMs = lane.pace.promise(lane.waiting, lane.limit.size, lane.latencyAt(nowMs), nowMs);
    this.retries.defer(record, message, 'lane_full', waitMs);
  }

  #sweep(): void {
    const nowMs = this.clock.now();
    this.admission.sample();
    let busy = 0;
    for (const [key, lane] of this.#lanes) {
      if (!lane.isIdle) {
        busy++;
        this.admission.judge(lane, nowMs);
        this.#shed(lane, nowMs);
        lane.limit.grow(WARM_UP_STEP);
        this.#noteReady(lane);
        continue;
      }
      lane.slowSamples = 0;
      if (nowMs - lane.idleSinceMs >= COLD_AFTER_MS) lane.limit.cool();
      if (nowMs - lane.idleSinceMs >= FORGET_AFTER_MS && lane.gate.isForgettable(nowMs)) this.#lanes.delete(key);
    }
    this.#pump();
    this.metrics.lanes.set(busy);
    this.metrics.laneWaiting.set(this.#waiting);
    this.metrics.attemptsInFlight.set(this.#slots.inUse);
    this.#cancelSweep = this.clock.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }
}

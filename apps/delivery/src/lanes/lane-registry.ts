import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { deliveryKey, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import { Fifo } from '@fleethook/queue';
import type { Outcome } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { RetrySink } from '../retry/retry-sink.js';
import type { Webhook } from '../webhook.js';
import { LaneAdmission } from './lane-admission.js';
import { LaneGates } from './lane-gate.js';
import { LaneSleepers } from './lane-sleepers.js';
import { Lane, type LaneDelivery } from './lane.js';
import { OriginShares } from './origin-share.js';
import { ProcessSlots } from './process-slots.js';
import { isAgain, QueuedDelivery } from './queued-delivery.js';

/** Told exactly once how an attempt, or the try to make one, ended: its slot is free again. */
export interface SlotOwner {
  attemptEnded(delivery: LaneDelivery, outcome: Outcome | undefined, latencyMs: number): void;
}

/** Makes the attempts; never throws. */
export abstract class AttemptPort {
  abstract run(delivery: LaneDelivery, slot: SlotOwner): void;
}

export abstract class LaneLimits {
  /** Attempts in flight in this process. */
  abstract readonly processConcurrency: number;
  /** And of a webhook that says nothing else. */
  abstract readonly webhookConcurrency: number;
  /** Bodies of these attempts, together. */
  abstract readonly maxInFlightBytes: number;
  /** Attempts in flight to one origin (scheme, host, port), whatever webhooks they are for. */
  abstract readonly originConcurrency: number;
}

const RATE_LIMITED = 'rate_limited';
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
  readonly #lanes = new Map<string, Lane>();
  /** The ring: lanes that could start an attempt, each once. */
  readonly #ready = new Fifo<Lane>();
  readonly #sleepers: LaneSleepers;
  readonly #slots: ProcessSlots;
  readonly #origins: OriginShares<Lane>;
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
    this.#slots = new ProcessSlots(limits.processConcurrency, limits.maxInFlightBytes);
    this.#origins = new OriginShares(limits.originConcurrency);
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
    const lane = this.#laneOf(key, message.lane);
    if (lane.configure(webhook, this.limits.webhookConcurrency)) this.#origins.join(lane, webhook.origin);
    const again = isAgain(message);
    const isFull =
      this.admission.isFull(lane, record.partition, again, nowMs) ||
      (message.series !== undefined && this.admission.isFullOfReplays(lane));
    if (isFull) {
      this.#putOff(lane, record, message, nowMs);
      return;
    }
    const awayMs = lane.gate.awayMs(lane, again, message.reason === RATE_LIMITED, nowMs);
    if (awayMs > 0) {
      this.retries.postpone(record, message, RATE_LIMITED, awayMs);
      return;
    }
    lane.push(new QueuedDelivery(record, message, lane));
    this.#waiting++;
    this.#noteReady(lane);
    this.#pump();
  }

  attemptEnded(delivery: LaneDelivery, outcome: Outcome | undefined, latencyMs: number): void {
    const { lane } = delivery;
    const nowMs = this.clock.now();
    this.#slots.release(delivery.bodyBytes);
    lane.ended(delivery, nowMs);
    this.#noteReady(delivery.origin === undefined ? undefined : this.#origins.release(delivery.origin));
    if (lane.isHeldByOrigin) lane.origin?.reconsider(lane);
    lane.gate.ended(outcome, nowMs);
    if (outcome !== undefined) {
      lane.pace.observe(latencyMs);
      this.admission.observe(latencyMs);
    }
    if (lane.isIdle) lane.idleSinceMs = nowMs;
    if (lane.standsUntilMs === Infinity) this.#sleepers.rouse(lane);
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

  #laneOf(key: string, index: number): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key, index, this.gates.create(key));
      lane.idleSinceMs = this.clock.now();
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #noteReady(lane: Lane | undefined): void {
    if (lane === undefined || lane.isReady || lane.isHeldByOrigin || lane.standsUntilMs > 0 || !lane.canStart) return;
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
        const { canStart, origin } = lane;
        if (canStart && origin?.hasRoomFor(lane) === false) {
          lane.held(this.clock.now());
          origin.hold(lane);
          continue;
        }
        // A connection that it was let go for and did not take is another's.
        if (!canStart || !this.#turn(lane)) this.#noteReady(origin?.nextToGo());
        this.#noteReady(lane);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  /** @returns whether it has begun an attempt */
  #turn(lane: Lane): boolean {
    const nowMs = this.clock.now();
    const decision = lane.gate.admit(nowMs);
    if (decision.kind === 'wait') {
      this.#sleepers.add(lane, nowMs + decision.waitMs);
      return false;
    }
    const delivery = lane.take();
    if (delivery === undefined) return false;
    this.#waiting--;
    if (decision.kind === 'defer') {
      if (!this.retries.isFinal(delivery.message, nowMs)) {
        this.retries.defer(delivery.record, delivery.message, decision.reason, decision.waitMs);
        return false;
      }
      // Put off for ever, it would never end: nor be dead, nor count when its webhook is to be disabled.
      lane.gate.forced(nowMs);
    }
    this.#slots.acquire(delivery.bodyBytes);
    lane.started(delivery, nowMs);
    this.attempts.run(delivery, this);
    return true;
  }

  /** An endpoint that slowed down, or hangs: what it cannot take in time was let in when it looked faster. */
  #shed(lane: Lane, nowMs: number): void {
    const most = Math.min(this.admission.mostWaiting(lane, nowMs), lane.gate.mostWaiting);
    while (lane.waiting > most) {
      const youngest = lane.takeBack();
      if (youngest === undefined) return;
      this.#waiting--;
      this.#putOff(lane, youngest.record, youngest.message, nowMs);
    }
  }

  #putOff(lane: Lane, record: KafkaRecord, message: DeliveryMessage, nowMs: number): void {
    const latencyMs = lane.latencyAt(nowMs);
    const awayMs = lane.gate.bookMs(lane, isAgain(message), latencyMs / lane.usableSlots, nowMs);
    if (awayMs > 0) {
      this.retries.postpone(record, message, RATE_LIMITED, awayMs);
      return;
    }
    const waitMs = lane.pace.promise(lane.waiting, lane.usableSlots, latencyMs, nowMs);
    this.retries.defer(record, message, 'lane_full', waitMs);
  }

  #sweep(): void {
    const nowMs = this.clock.now();
    this.admission.sample();
    let busy = 0;
    let openBreakers = 0;
    let held = 0;
    for (const [key, lane] of this.#lanes) {
      if (lane.gate.isBreakerOpen) openBreakers++;
      if (lane.isHeldByOrigin) held++;
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
      if (nowMs - lane.idleSinceMs < FORGET_AFTER_MS || !lane.gate.isForgettable(nowMs)) continue;
      this.#lanes.delete(key);
      this.#origins.leave(lane);
    }
    this.#pump();
    this.metrics.lanes.set(busy);
    this.metrics.openBreakers.set(openBreakers);
    this.metrics.laneOrigins.set(this.#origins.size);
    this.metrics.heldLanes.set(held);
    this.metrics.laneWaiting.set(this.#waiting);
    this.metrics.attemptsInFlight.set(this.#slots.inUse);
    this.metrics.inFlightBytes.set(this.#slots.bytesInUse);
    this.#cancelSweep = this.clock.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }
}

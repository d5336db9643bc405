import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { deliveryKey, laneOf, MAX_LANES, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import type { Outcome } from '@fleethook/retry';
import { Clock } from '../clock.js';
import { RetrySink } from '../retry/retry-sink.js';
import type { Webhook } from '../webhook.js';
import { WebhookDirectory } from '../webhook-directory.js';
import { AttemptPort, type SlotOwner } from './attempt-port.js';
import { LaneAdmission } from './lane-admission.js';
import { LaneGates } from './lane-gate.js';
import { LaneLimits } from './lane-limits.js';
import { LaneTurns } from './lane-turns.js';
import { Lane, type LaneDelivery } from './lane.js';
import { isAgain, QueuedDelivery } from './queued-delivery.js';

const RATE_LIMITED = 'rate_limited';
const SWEEP_INTERVAL_MS = 1_000;
const FORGET_AFTER_MS = 60_000;
/** By then connections without work are closed. */
const COLD_AFTER_MS = 15_000;
/** More attempts at once, per sweep, for a lane that waits on the first ones. */
const WARM_UP_STEP = 8;

/** A lane per webhook, from its first delivery until it has long been idle: what each takes, what it puts off, and what it sheds. */
@Injectable()
export class LaneRegistry implements SlotOwner, OnApplicationShutdown {
  readonly #lanes = new Map<string, Lane>();
  readonly #turns: LaneTurns;
  #cancelSweep: () => void;

  constructor(
    attempts: AttemptPort,
    private readonly retries: RetrySink,
    private readonly gates: LaneGates,
    private readonly admission: LaneAdmission,
    private readonly limits: LaneLimits,
    @Inject(WebhookDirectory) private readonly directory: Pick<WebhookDirectory, 'find'>,
    private readonly clock: Clock,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.#turns = new LaneTurns(attempts, retries, limits, clock, this);
    this.#cancelSweep = clock.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }

  /** Takes a delivery; what its lane cannot hold goes to a tier. */
  offer(record: KafkaRecord, message: DeliveryMessage, webhook: Webhook): void {
    const key = deliveryKey(message.webhook, message.lane);
    const nowMs = this.clock.elapsed();
    const lane = this.#laneOf(key, message.lane);
    if (this.#configure(lane, webhook)) this.#spread(webhook);
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
      this.retries.postpone(record, asHeldBy(lane, message), RATE_LIMITED, awayMs);
      return;
    }
    const delivery = new QueuedDelivery(record, message, lane);
    this.#turns.queue(lane, delivery);
    // Begun at once, or waiting for its turn.
    delivery.forgetMessage();
  }

  attemptEnded(delivery: LaneDelivery, outcome: Outcome | undefined, latencyMs: number): void {
    const { lane } = delivery;
    const nowMs = this.clock.elapsed();
    this.#turns.release(delivery, nowMs);
    lane.gate.ended(outcome, delivery.era, nowMs);
    if (outcome !== undefined) {
      lane.pace.observe(latencyMs);
      this.admission.observe(latencyMs);
    }
    if (lane.isIdle) lane.idleSinceMs = nowMs;
    this.#turns.goOn(lane);
  }

  get lanes(): number {
    return this.#lanes.size;
  }

  get waiting(): number {
    return this.#turns.waiting;
  }

  get inFlight(): number {
    return this.#turns.inFlight;
  }

  onApplicationShutdown(): void {
    this.#cancelSweep();
    this.#turns.close();
  }

  #laneOf(key: string, index: number): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key, index, this.gates.create(key));
      lane.idleSinceMs = this.clock.elapsed();
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** @returns false when it has these settings already */
  #configure(lane: Lane, webhook: Webhook): boolean {
    if (!lane.configure(webhook, this.limits.webhookConcurrency)) return false;
    this.#turns.join(lane, webhook.origin);
    return true;
  }

  /** Nothing need come for a webhook for its new settings to hold: what waits may be long, and the partition stand still until half of it is done. */
  #refresh({ webhook }: Lane): void {
    if (webhook === undefined) return;
    const current = this.directory.find(webhook.prn);
    if (typeof current !== 'string' && current !== webhook) this.#spread(current);
  }

  /** All its lanes have their part of the same whole, or for as long as their queues last they would have more of it together. */
  #spread(webhook: Webhook): void {
    for (let index = 0; index < MAX_LANES; index++) {
      const lane = this.#lanes.get(deliveryKey(webhook.prn, index));
      if (lane === undefined) continue;
      if (index < webhook.lanes) this.#configure(lane, webhook);
      else this.#vacate(lane, webhook.lanes);
    }
  }

  /** It is none of its webhook's lanes any more: what waits goes to those that are, and what is in flight ends by itself. */
  #vacate(lane: Lane, lanes: number): void {
    for (let left = this.#turns.takeBack(lane); left !== undefined; left = this.#turns.takeBack(lane)) {
      const { record, message } = left;
      this.retries.defer(record, { ...message, lane: laneOf(message.event, lanes) }, 'lane_moved', 0);
    }
    this.#turns.leave(lane);
  }

  /** An endpoint that slowed down, or hangs: what it cannot take in time was let in when it looked faster. */
  #shed(lane: Lane, nowMs: number): void {
    const most = Math.min(this.admission.mostWaiting(lane, nowMs), lane.gate.mostWaiting);
    while (lane.waiting > most) {
      const youngest = this.#turns.takeBack(lane);
      if (youngest === undefined) return;
      this.#putOff(lane, youngest.record, youngest.message, nowMs);
    }
  }

  #putOff(lane: Lane, record: KafkaRecord, message: DeliveryMessage, nowMs: number): void {
    const latencyMs = lane.latencyAt(nowMs);
    const awayMs = lane.gate.bookMs(lane, isAgain(message), latencyMs / lane.usableSlots, nowMs);
    const held = asHeldBy(lane, message);
    if (awayMs > 0) {
      this.retries.postpone(record, held, RATE_LIMITED, awayMs);
      return;
    }
    const isFlooded = this.admission.isFlooded(lane);
    const waitMs = lane.pace.promise(lane.waiting, lane.usableSlots, latencyMs, nowMs, isFlooded);
    // To the moment, so that its slots are never idle; whether a slow one will be free then nobody knows.
    if (isFlooded) this.retries.postpone(record, held, 'lane_full', waitMs);
    else this.retries.defer(record, held, 'lane_full', waitMs);
  }

  #sweep(): void {
    const nowMs = this.clock.elapsed();
    this.admission.sample();
    let busy = 0;
    let openBreakers = 0;
    let held = 0;
    for (const [key, lane] of this.#lanes) {
      if (lane.gate.isBreakerOpen) openBreakers++;
      if (lane.isHeldByOrigin) held++;
      if (!lane.isIdle) {
        busy++;
        this.#refresh(lane);
        this.admission.judge(lane, nowMs);
        this.#shed(lane, nowMs);
        lane.limit.grow(WARM_UP_STEP);
        this.#turns.noteReady(lane);
        continue;
      }
      lane.slowSamples = 0;
      lane.fillsShareSinceMs = Infinity;
      if (nowMs - lane.idleSinceMs >= COLD_AFTER_MS) lane.limit.cool();
      if (nowMs - lane.idleSinceMs < FORGET_AFTER_MS || !lane.gate.isForgettable(nowMs)) continue;
      this.#lanes.delete(key);
      this.#turns.leave(lane);
    }
    this.#turns.pump();
    this.metrics.lanes.set(busy);
    this.metrics.openBreakers.set(openBreakers);
    this.metrics.heldLanes.set(held);
    this.#turns.sample(this.metrics);
    this.#cancelSweep = this.clock.after(SWEEP_INTERVAL_MS, () => this.#sweep());
  }
}

/** A breaker that has closed holds nothing back any more: the horizon of what was never tried does not run while that waits for rate or turn. */
function asHeldBy({ gate }: Lane, message: DeliveryMessage): DeliveryMessage {
  return gate.isBreakerOpen || message.sinceMs === undefined ? message : { ...message, sinceMs: undefined };
}

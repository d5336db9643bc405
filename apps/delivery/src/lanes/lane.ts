import { Fifo } from '@fleethook/queue';
import type { Webhook } from '../webhook.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import type { LaneGate } from './lane-gate.js';
import { LanePace } from './lane-pace.js';
import type { OriginLane, OriginShare } from './origin-share.js';
import type { QueuedDelivery } from './queued-delivery.js';

/** Of the slots, retries and replays may have at most this share, so that a fresh delivery always finds one. */
const RETRY_SHARE = 0.75;

export type LaneDelivery = QueuedDelivery<Lane>;

/** The deliveries of one webhook (or of one part of a hot one) in this process. */
export class Lane implements OriginLane<Lane> {
  readonly limit = new ConcurrencyLimit(1);
  readonly pace = new LanePace();
  /** In the ring of lanes that could start an attempt. */
  isReady = false;
  /** Its gate has asked to wait until then; 0: it has not. */
  standsUntilMs = 0;
  idleSinceMs = 0;
  waitingBytes = 0;
  origin: OriginShare<Lane> | undefined;
  isHeldByOrigin = false;
  hasPlaceAtOrigin = false;
  /** Since then it has been held without having begun another attempt; 0: it was not. */
  #heldSinceMs = 0;
  /** Since then it has had more than its share of the window beside others; Infinity: it has not. */
  fillsShareSinceMs = Infinity;
  /** So many times in a row its attempts were found to be slow. */
  slowSamples = 0;
  /** Since then it has had attempts in flight, and none has ended. */
  #quietSinceMs = 0;
  readonly #fresh = new Fifo<LaneDelivery>();
  readonly #retries = new Fifo<LaneDelivery>();
  #retriesInFlight = 0;
  #wasRetrysTurn = true;
  #webhook: Webhook | undefined;

  /** @param index among the lanes of its webhook, from 0 */
  constructor(
    readonly key: string,
    readonly index: number,
    readonly gate: LaneGate,
  ) {}

  /** Whose settings it has. */
  get webhook(): Webhook | undefined {
    return this.#webhook;
  }

  /** Takes over the webhook's settings. @returns false when it has them already */
  configure(webhook: Webhook, defaultConcurrency: number): boolean {
    if (this.#webhook === webhook) return false;
    this.#webhook = webhook;
    this.limit.resize(partOf(webhook.maxConcurrency ?? defaultConcurrency, webhook.lanes, this.index));
    this.gate.configure(webhook);
    return true;
  }

  get waiting(): number {
    return this.#fresh.length + this.#retries.length;
  }

  get freshWaiting(): number {
    return this.#fresh.length;
  }

  /** On average; 0 when nothing waits. */
  get bytesOfOneWaiting(): number {
    return this.waitingBytes / Math.max(1, this.waiting);
  }

  get againWaiting(): number {
    return this.#retries.length;
  }

  get attemptsInFlight(): number {
    return this.limit.inUse;
  }

  /** So many attempts it makes at once as things are: held by its origin, no more than it has. */
  get usableSlots(): number {
    return this.isHeldByOrigin ? Math.max(1, this.limit.inUse) : this.limit.size;
  }

  get isIdle(): boolean {
    return this.waiting === 0 && this.limit.inUse === 0;
  }

  /** There is a delivery, and a slot that it may have. */
  get canStart(): boolean {
    if (!this.limit.hasRoom) return false;
    return this.#fresh.length > 0 || (this.#retries.length > 0 && this.#hasRoomForRetry);
  }

  push(delivery: LaneDelivery): void {
    this.waitingBytes += delivery.bodyBytes;
    if (delivery.isAgain) this.#retries.push(delivery);
    else this.#fresh.push(delivery);
  }

  /** The next one, off the queue; fresh ones and retries in turn while retries keep to their share. */
  take(): LaneDelivery | undefined {
    const isRetrysTurn =
      this.#retries.length > 0 && this.#hasRoomForRetry && (this.#fresh.length === 0 || this.#isRetrysTurn);
    this.#wasRetrysTurn = isRetrysTurn;
    const delivery = isRetrysTurn ? this.#retries.shift() : this.#fresh.shift();
    if (delivery !== undefined) this.waitingBytes -= delivery.bodyBytes;
    return delivery;
  }

  /** It was taken, and its turn has not come after all. */
  putBack(delivery: LaneDelivery): void {
    this.waitingBytes += delivery.bodyBytes;
    if (delivery.isAgain) this.#retries.unshift(delivery);
    else this.#fresh.unshift(delivery);
  }

  /** The youngest, off the queue: retries first. */
  takeBack(): LaneDelivery | undefined {
    const delivery = this.#retries.pop() ?? this.#fresh.pop();
    if (delivery !== undefined) this.waitingBytes -= delivery.bodyBytes;
    return delivery;
  }

  /** How long attempts take: as smoothed, and no less than what the running ones have been silent for, or the next one has been held. */
  latencyAt(nowMs: number): number {
    const quietMs = this.limit.inUse === 0 ? 0 : nowMs - this.#quietSinceMs;
    const heldMs = this.isHeldByOrigin ? nowMs - this.#heldSinceMs : 0;
    return Math.max(this.pace.latencyMs, quietMs, heldMs);
  }

  /** It found no connection to its origin. */
  held(nowMs: number): void {
    if (this.#heldSinceMs === 0) this.#heldSinceMs = nowMs;
  }

  started(delivery: LaneDelivery, nowMs: number): void {
    if (this.limit.inUse === 0) this.#quietSinceMs = nowMs;
    this.#heldSinceMs = 0;
    this.limit.acquire();
    this.origin?.acquire();
    delivery.origin = this.origin;
    delivery.era = this.gate.era;
    if (delivery.isAgain) this.#retriesInFlight++;
  }

  ended(delivery: LaneDelivery, nowMs: number): void {
    this.#quietSinceMs = nowMs;
    this.limit.release();
    if (delivery.isAgain) this.#retriesInFlight--;
  }

  /** By what is in flight or, where a rate limit or a probe leaves nothing in flight, by whose turn it was last. */
  get #isRetrysTurn(): boolean {
    return this.limit.inUse === 0 ? !this.#wasRetrysTurn : this.#retriesInFlight * 2 < this.limit.inUse;
  }

  get #hasRoomForRetry(): boolean {
    return this.#retriesInFlight < Math.max(1, Math.floor(this.limit.size * RETRY_SHARE));
  }
}

/** What a lane has of something whole that all lanes of its webhook share: together they have exactly all of it, and each has at least 1. */
function partOf(whole: number, lanes: number, index: number): number {
  const rest = index < whole % lanes ? 1 : 0;
  return Math.max(1, Math.floor(whole / lanes) + rest);
}

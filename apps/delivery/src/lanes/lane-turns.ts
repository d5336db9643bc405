import type { Metrics } from '@fleethook/observability';
import { Fifo } from '@fleethook/queue';
import type { Clock } from '../clock.js';
import type { RetrySink } from '../retry/retry-sink.js';
import type { AttemptPort, SlotOwner } from './attempt-port.js';
import type { GateDecision } from './lane-gate.js';
import type { LaneLimits } from './lane-limits.js';
import { LaneSleepers } from './lane-sleepers.js';
import type { Lane, LaneDelivery } from './lane.js';
import { OriginShares } from './origin-share.js';
import { ProcessSlots } from './process-slots.js';
import { isTestFire } from './queued-delivery.js';

/** Test fires, and first attempts that are also the last, at once: an endpoint that is left alone must not get at once all that came for days. */
const MOST_FORCED = 4;

type Deferral = Extract<GateDecision, { kind: 'defer' }>;

/**
 * What waits in the lanes, and the slots of the process, which lanes that have work get in turn: however much waits in one, the next slot
 * goes to another.
 */
export class LaneTurns {
  /** The ring: lanes that could start an attempt, each once. */
  readonly #ready = new Fifo<Lane>();
  readonly #sleepers: LaneSleepers;
  readonly #slots: ProcessSlots;
  readonly #origins: OriginShares<Lane>;
  #waiting = 0;
  #isPumping = false;

  constructor(
    private readonly attempts: AttemptPort,
    private readonly retries: RetrySink,
    limits: LaneLimits,
    private readonly clock: Clock,
    private readonly owner: SlotOwner,
  ) {
    this.#slots = new ProcessSlots(limits.processConcurrency, limits.maxInFlightBytes);
    this.#origins = new OriginShares(limits.originConcurrency);
    this.#sleepers = new LaneSleepers(clock, (lane) => {
      this.noteReady(lane);
      this.pump();
    });
  }

  get waiting(): number {
    return this.#waiting;
  }

  get inFlight(): number {
    return this.#slots.inUse;
  }

  /** A lane shares an origin's connections with the others of that origin. */
  join(lane: Lane, origin: string): void {
    const { origin: before } = lane;
    this.#origins.join(lane, origin);
    if (before !== lane.origin) this.noteReady(before?.nextToGo());
  }

  /** A connection that it was let go for and did not take is another's. */
  leave(lane: Lane): void {
    const { origin: before } = lane;
    this.#origins.leave(lane);
    this.noteReady(before?.nextToGo());
  }

  queue(lane: Lane, delivery: LaneDelivery): void {
    lane.push(delivery);
    this.#waiting++;
    this.noteReady(lane);
    this.pump();
  }

  /** The youngest that waits, off its lane. */
  takeBack(lane: Lane): LaneDelivery | undefined {
    const youngest = lane.takeBack();
    if (youngest !== undefined) this.#waiting--;
    return youngest;
  }

  /** Its attempt has ended: the slot is free, and so is its connection, for whichever lane of the origin waits for one. */
  release(delivery: LaneDelivery, nowMs: number): void {
    const { lane } = delivery;
    this.#slots.release(delivery.bodyBytes);
    lane.ended(delivery, nowMs);
    this.noteReady(delivery.origin === undefined ? undefined : this.#origins.release(delivery.origin));
    if (lane.isHeldByOrigin) lane.origin?.reconsider(lane);
  }

  /** Its gate knows more than before. */
  goOn(lane: Lane): void {
    if (lane.standsUntilMs === Infinity) this.#sleepers.rouse(lane);
    this.noteReady(lane);
    this.pump();
  }

  noteReady(lane: Lane | undefined): void {
    if (lane === undefined || lane.isReady || lane.isHeldByOrigin || lane.standsUntilMs > 0 || !lane.canStart) return;
    lane.isReady = true;
    this.#ready.push(lane);
  }

  /** One attempt per lane and turn, while there are slots. */
  pump(): void {
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
          lane.held(this.clock.elapsed());
          origin.hold(lane);
          continue;
        }
        // A connection that it was let go for and did not take is another's.
        if (!canStart || !this.#turn(lane)) this.noteReady(origin?.nextToGo());
        this.noteReady(lane);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  sample(metrics: Metrics): void {
    metrics.laneOrigins.set(this.#origins.size);
    metrics.laneWaiting.set(this.#waiting);
    metrics.attemptsInFlight.set(this.#slots.inUse);
    metrics.inFlightBytes.set(this.#slots.bytesInUse);
  }

  close(): void {
    this.#sleepers.close();
  }

  /** @returns whether it has begun an attempt */
  #turn(lane: Lane): boolean {
    const nowMs = this.clock.elapsed();
    const decision = lane.gate.admit(nowMs);
    if (decision.kind === 'wait') {
      this.#sleepers.add(lane, nowMs + decision.waitMs);
      return false;
    }
    const delivery = lane.take();
    if (delivery === undefined) return false;
    this.#waiting--;
    if (decision.kind === 'defer' && !this.#isForced(lane, delivery, decision, nowMs)) return false;
    this.#slots.acquire(delivery.bodyBytes);
    lane.started(delivery, nowMs);
    this.attempts.run(delivery, this.owner);
    return true;
  }

  /**
   * Its gate puts it off; but put off for ever it would never end: nor be dead, nor count when its webhook is to be disabled. And whoever
   * sends a test fire wants to know how the endpoint is now.
   *
   * @returns whether it is attempted all the same
   */
  #isForced(lane: Lane, delivery: LaneDelivery, { reason, waitMs }: Deferral, nowMs: number): boolean {
    const { record, message } = delivery;
    const isFinal = this.retries.isFinal(message);
    if (!isFinal && !isTestFire(message)) {
      this.retries.defer(record, message, reason, waitMs);
      return false;
    }
    const wasTried = message.firstAttemptAtMs !== undefined;
    const tokenInMs = wasTried || lane.attemptsInFlight < MOST_FORCED ? lane.gate.forced(nowMs) : Infinity;
    if (tokenInMs === 0) {
      if (isFinal && !wasTried) delivery.runFromSince();
      return true;
    }
    if (wasTried) {
      lane.putBack(delivery);
      this.#waiting++;
      this.#sleepers.add(lane, nowMs + tokenInMs);
    } else if (this.retries.isOver(message)) this.retries.end(record, message);
    else this.retries.defer(record, message, reason, waitMs);
    return false;
  }
}

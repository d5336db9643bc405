import { Fifo } from '@fleethook/queue';

/**
 * A lane may have so many times what is still free of its origin's connections: most of them while it is alone, the less the more lanes
 * are busy (the "dynamic threshold" of shared buffers, Choudhury and Hahne 1998). N busy lanes come to rest at 16/(1 + 16N) of them each.
 */
const SHARE_OF_FREE = 16;
/** So much is kept for lanes that have nothing in flight: whoever comes along finds a connection, though all others hang. */
const KEPT_FREE = 1 / 8;
/** Lanes that are looked at when a connection becomes free: many that have their share must not make each end of an attempt dear. */
const MAX_LOOKED_AT = 8;

/** What an origin needs to know of a lane. @typeParam L the lane */
export interface OriginLane<L extends OriginLane<L>> {
  /** Where it delivers to. */
  origin: OriginShare<L> | undefined;
  /** It stands aside until a connection becomes free. */
  isHeldByOrigin: boolean;
  /** The origin's alone: it has a place in the queue of those that have some connections already, whether it is held or was let go since. */
  hasPlaceAtOrigin: boolean;
  readonly attemptsInFlight: number;
}

/**
 * The connections to one origin (scheme, host, port), which the lanes of all webhooks there share. A lane that may not have another one
 * stands aside, and takes up no slot of the process, until one becomes free; those that have none at all go first.
 */
export class OriginShare<L extends OriginLane<L>> {
  /** Lanes that deliver there. */
  lanes = 0;
  #inUse = 0;
  /** Held with nothing in flight. */
  readonly #without = new Fifo<L>();
  /** Held with something in flight; places of lanes that were let go are passed over. */
  readonly #withSome = new Fifo<L>();
  readonly #maxUsed: number;

  constructor(
    readonly key: string,
    private readonly maxConnections: number,
  ) {
    this.#maxUsed = maxConnections - Math.ceil(maxConnections * KEPT_FREE);
  }

  get isUnused(): boolean {
    return this.lanes === 0 && this.#inUse === 0;
  }

  hasRoomFor(lane: L): boolean {
    const { attemptsInFlight } = lane;
    if (attemptsInFlight === 0) return this.#inUse < this.maxConnections;
    return attemptsInFlight < SHARE_OF_FREE * (this.#maxUsed - this.#inUse);
  }

  acquire(): void {
    this.#inUse++;
  }

  release(): void {
    this.#inUse--;
  }

  hold(lane: L): void {
    lane.isHeldByOrigin = true;
    if (lane.attemptsInFlight === 0) this.#without.push(lane);
    else if (!lane.hasPlaceAtOrigin) this.#givePlace(lane);
  }

  /** One of its attempts has ended while it was held: it need not wait for its place in the queue. */
  reconsider(lane: L): void {
    if (this.hasRoomFor(lane)) lane.isHeldByOrigin = false;
    else if (lane.attemptsInFlight === 0) this.#without.push(lane);
  }

  leave(lane: L): void {
    this.#without.delete(lane);
    this.#withSome.delete(lane);
    lane.isHeldByOrigin = false;
    lane.hasPlaceAtOrigin = false;
    this.lanes--;
  }

  /** One that was held and may go on now, as a connection is free; of those with some, the ones that may not go behind the others. */
  nextToGo(): L | undefined {
    if (this.#without.length > 0) {
      if (this.#inUse >= this.maxConnections) return undefined;
      const lane = this.#without.shift();
      if (lane !== undefined) lane.isHeldByOrigin = false;
      return lane;
    }
    for (let looks = Math.min(MAX_LOOKED_AT, this.#withSome.length); looks > 0; looks--) {
      const lane = this.#withSome.shift();
      if (lane === undefined) return undefined;
      lane.hasPlaceAtOrigin = false;
      if (!lane.isHeldByOrigin || lane.attemptsInFlight === 0) continue;
      if (this.hasRoomFor(lane)) {
        lane.isHeldByOrigin = false;
        return lane;
      }
      this.#givePlace(lane);
    }
    return undefined;
  }

  #givePlace(lane: L): void {
    lane.hasPlaceAtOrigin = true;
    this.#withSome.push(lane);
  }
}

/** The origins of the lanes that there are. */
export class OriginShares<L extends OriginLane<L>> {
  readonly #shares = new Map<string, OriginShare<L>>();

  constructor(private readonly maxConnectionsPerOrigin: number) {}

  get size(): number {
    return this.#shares.size;
  }

  /** From now on; what is in flight stays with the origin that it went to. */
  join(lane: L, key: string): void {
    if (lane.origin?.key === key) return;
    this.leave(lane);
    let share = this.#shares.get(key);
    if (share === undefined) {
      share = new OriginShare(key, this.maxConnectionsPerOrigin);
      this.#shares.set(key, share);
    }
    share.lanes++;
    lane.origin = share;
  }

  leave(lane: L): void {
    const { origin } = lane;
    if (origin === undefined) return;
    origin.leave(lane);
    lane.origin = undefined;
    this.#forgetUnused(origin);
  }

  /** An attempt has ended. @returns a lane that was held and may go on */
  release(share: OriginShare<L>): L | undefined {
    share.release();
    this.#forgetUnused(share);
    return share.nextToGo();
  }

  #forgetUnused(share: OriginShare<L>): void {
    if (share.isUnused && this.#shares.get(share.key) === share) this.#shares.delete(share.key);
  }
}

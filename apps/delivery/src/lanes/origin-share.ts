import { Fifo } from '@fleethook/queue';

/**
 * A lane may have so many times what is still free of its origin's connections: most of them while it is alone, the less the more lanes
 * are busy (the "dynamic threshold" of shared buffers, Choudhury and Hahne 1998). N busy lanes come to rest at 8/(1 + 8N) of them each.
 */
const SHARE_OF_FREE = 8;
/** The last sixteenth is for lanes that have no attempt in flight: whoever comes along finds a connection. */
const KEPT_FREE = 1 / 16;
/** Lanes that are looked at when a connection becomes free: many that have their share must not make each end of an attempt dear. */
const MAX_LOOKED_AT = 8;

/** What an origin needs to know of a lane. @typeParam L the lane */
export interface OriginLane<L extends OriginLane<L>> {
  /** Where it delivers to. */
  origin: OriginShare<L> | undefined;
  /** It stands aside until a connection becomes free. */
  isHeldByOrigin: boolean;
  readonly attemptsInFlight: number;
}

/**
 * The connections to one origin (scheme, host, port), which the lanes of all webhooks there share. A lane that may not have another one
 * stands aside, and takes up no slot of the process, until one becomes free.
 */
export class OriginShare<L extends OriginLane<L>> {
  /** Lanes that deliver there. */
  lanes = 0;
  #inUse = 0;
  readonly #held = new Fifo<L>();
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
    this.#held.push(lane);
  }

  letGo(lane: L): void {
    if (lane.isHeldByOrigin) this.#held.delete(lane);
    lane.isHeldByOrigin = false;
  }

  /** One that was held and may go on now, as a connection is free; those that may not go behind the others. */
  nextToGo(): L | undefined {
    for (let looks = Math.min(MAX_LOOKED_AT, this.#held.length); looks > 0; looks--) {
      const lane = this.#held.shift();
      if (lane === undefined) return undefined;
      if (this.hasRoomFor(lane)) {
        lane.isHeldByOrigin = false;
        return lane;
      }
      this.#held.push(lane);
    }
    return undefined;
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
    origin.letGo(lane);
    origin.lanes--;
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

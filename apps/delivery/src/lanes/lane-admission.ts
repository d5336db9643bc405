import { Injectable } from '@nestjs/common';
import type { Lane } from './lane.js';
import { LanePace } from './lane-pace.js';
import { PartitionNeighbours } from './partition-neighbours.js';
import { ProcessLoad } from './process-load.js';

/** The window of a partition, which its lanes share. */
export abstract class WindowSize {
  abstract readonly maxRecords: number;
  abstract readonly maxBytes: number;
}

/** Attempts that take longer than this make a lane slow, once it has lasted: a burst of handshakes or a hiccup is nobody's fault. */
const SLOW_ABOVE_MS = 500;
const SLOW_AFTER_SAMPLES = 3;
/** Of a slow lane: more than it works off in this time would hold up whoever else comes along in its partition. */
const MAX_WAIT_MS = 5_000;
/** The rest of the window is for the other lanes of the partition. */
const SHARE_BESIDE_OTHERS = 0.75;
/** A lane that has filled its share for so long is flooded: what came at once would have been worked off. */
const FLOODED_AFTER_MS = 2_000;
/**
 * Of the window, for a flooded lane beside others. With what it has in flight it is less than half, or the partition, which is read on once
 * half its window is free, would be read only as fast as the flood is delivered.
 */
const SHARE_WHEN_FLOODED = 0.25;
/** Of the window, what may wait of retries and replays before further replays are put off: fresh deliveries come from behind them. */
const REPLAY_SHARE = 0.25;
/** A slow lane too has what its slots need next. */
const MIN_WAITING_PER_SLOT = 2;
/** An attempt that takes longer than this multiple of the usual is slow by itself, however busy we are. */
const OWN_SLOWNESS = 2;

/**
 * Says when a lane is full: it fills the window beside others, and less of it the longer, its endpoint is slow, or others have its origin's connections. Its further records are then put off, so that its
 * partition flows on. A lane that only waits for us, in a partition of its own, is not full: putting off makes more work, so the window fills and the partition is paused.
 */
@Injectable()
export class LaneAdmission {
  readonly #neighbours = new PartitionNeighbours();
  /** Of all attempts of this process. */
  readonly #usual = new LanePace();

  constructor(
    private readonly window: WindowSize,
    private readonly load: ProcessLoad,
  ) {}

  /** Call for every record, before it is put into its lane. */
  isFull(lane: Lane, partition: number, isRetry: boolean, nowMs: number): boolean {
    const isAlone = this.#neighbours.isAlone(partition, lane.key, nowMs);
    const { waiting, waitingBytes } = lane;
    const share = isAlone ? 1 : SHARE_BESIDE_OTHERS;
    const fillsShare = waiting >= this.window.maxRecords * share || waitingBytes >= this.window.maxBytes * share;
    if (isAlone) lane.fillsShareSinceMs = Infinity;
    else if (fillsShare) lane.fillsShareSinceMs = Math.min(lane.fillsShareSinceMs, nowMs);
    if (fillsShare) return true;
    // First attempts have their share of the slots, so retries in the queue do not count against them.
    return (isRetry ? waiting : lane.freshWaiting) >= this.mostWaiting(lane, nowMs);
  }

  /** A replay can be faster than its receiver; what is too much of it must not fill the window, behind which fresh deliveries wait. */
  isFullOfReplays(lane: Lane): boolean {
    return lane.againWaiting >= this.window.maxRecords * REPLAY_SHARE;
  }

  /** It has more than its share beside others, and its endpoint is well: what is too much can be told when its turn comes. */
  isFlooded(lane: Lane): boolean {
    return lane.fillsShareSinceMs < Infinity && lane.slowSamples < SLOW_AFTER_SAMPLES;
  }

  /** So many may wait: of a slow lane, what it works off in time; of a flooded one, its share. */
  mostWaiting(lane: Lane, nowMs: number): number {
    return Math.min(this.#mostOfSlow(lane, nowMs), this.#mostOfFlooded(lane, nowMs));
  }

  #mostOfSlow(lane: Lane, nowMs: number): number {
    if (lane.slowSamples < SLOW_AFTER_SAMPLES) return Infinity;
    return lane.usableSlots * Math.max(MIN_WAITING_PER_SLOT, MAX_WAIT_MS / this.#theirLatencyMs(lane, nowMs));
  }

  #mostOfFlooded(lane: Lane, nowMs: number): number {
    return nowMs - lane.fillsShareSinceMs < FLOODED_AFTER_MS ? Infinity : this.#shareWhenFlooded(lane);
  }

  #shareWhenFlooded(lane: Lane): number {
    const { maxRecords, maxBytes } = this.window;
    return SHARE_WHEN_FLOODED * Math.min(maxRecords, maxBytes / lane.bytesOfOneWaiting);
  }

  /** Call for each busy lane, about once a second. */
  judge(lane: Lane, nowMs: number): void {
    if (lane.waiting * 2 < this.#shareWhenFlooded(lane)) lane.fillsShareSinceMs = Infinity;
    if (lane.isHeldByOrigin || this.#theirLatencyMs(lane, nowMs) > SLOW_ABOVE_MS) lane.slowSamples++;
    else lane.slowSamples = 0;
  }

  observe(latencyMs: number): void {
    this.#usual.observe(latencyMs);
  }

  /** About once a second. */
  sample(): void {
    this.load.sample();
  }

  /** How long attempts take beyond what is due to us. */
  #theirLatencyMs(lane: Lane, nowMs: number): number {
    const oursMs = this.load.isSaturated ? this.#usual.latencyMs * OWN_SLOWNESS : 0;
    return Math.max(1, lane.latencyAt(nowMs) - oursMs);
  }
}

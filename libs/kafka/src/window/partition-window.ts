import { MAX_METADATA_BITS } from './commit-metadata.js';
import { BitmapBuilder, SettledOffsets } from './settled-offsets.js';

export interface WindowLimits {
  /** Records taken and not settled. */
  readonly maxRecords: number;
  /** Bytes of records taken and not settled. */
  readonly maxBytes: number;
  /** Offsets between the commit offset and the position; at most what commit metadata can describe. */
  readonly maxSpan: number;
}

/**
 * `open`: records may begin. `draining`: none may begin, the partition is still ours. `releasing`: the partition was lost or is about to be,
 * what has begun may end and its last offset may be committed. `detached`: somebody else may own the records, nothing is committed.
 */
export type WindowPhase = 'open' | 'draining' | 'releasing' | 'detached';

const WAITING = 0;
const BEGUN = 1;
const SETTLED = 2;
const INITIAL_CAPACITY = 64;

/**
 * The records of one partition that one assignment took, in offset order, and what became of them. Pure: no Kafka, no clock, no I/O.
 *
 *      committed for good      the window                                   not taken yet
 *   ──────────────────────┬─────────────────────────────────────────────┬───────────────────
 *    … 117  118  119  120 │ 121   122   123   126   127   128  …   140  │ 141  142  143 …
 *     ✓    ✓    ✓    ✓    │ begun  ✓     ✓   wait  begun  ✓       wait  │      ✓        ✓
 *   ──────────────────────┴─────────────────────────────────────────────┴───────────────────
 *                           ▲ commitOffset = first unsettled              ▲ position = next to take
 *                           (empty window: the position)                  ✓ settledBefore: known from an earlier owner's metadata
 *
 *   take   moves the position; offsets may have gaps (124, 125: compacted or control records)
 *   settle marks one record; when it is the first, the commit offset moves over all that is settled behind it
 *   full   records, bytes, or the span from commitOffset to position have reached their limit: nothing more is taken until half is free
 *
 * A taken record is known by its sequence number (0, 1, 2 …), its index in a ring of typed arrays: nothing is allocated per record, and
 * a settled record's bytes are no longer referenced while the first in line is still open.
 */
export class PartitionWindow {
  #offsets = new Float64Array(INITIAL_CAPACITY);
  #takenAt = new Float64Array(INITIAL_CAPACITY);
  #writtenAt = new Float64Array(INITIAL_CAPACITY);
  #sizes = new Uint32Array(INITIAL_CAPACITY);
  #states = new Uint8Array(INITIAL_CAPACITY);
  #mask = INITIAL_CAPACITY - 1;
  #head = 0;
  #tail = 0;
  #position: number;
  #settledBefore: SettledOffsets;
  #openRecords = 0;
  #inFlight = 0;
  #bytes = 0;
  #dirty = false;
  #phase: WindowPhase = 'open';

  /** @param position the first offset to take @param settledBefore offsets at or above it that need not be handled again */
  constructor(
    readonly limits: WindowLimits,
    position: number,
    settledBefore: SettledOffsets = SettledOffsets.NONE,
  ) {
    this.#position = position;
    this.#settledBefore = settledBefore;
  }

  /** The next offset to take. */
  get position(): number {
    return this.#position;
  }

  /** Everything below is settled: what may be committed. */
  get commitOffset(): number {
    return this.#head === this.#tail ? this.#position : this.#offsetOf(this.#head);
  }

  /** Taken and not settled. */
  get openRecords(): number {
    return this.#openRecords;
  }

  /** Begun and not settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get span(): number {
    return this.#position - this.commitOffset;
  }

  /** Settled, but behind one that is not: only commit metadata says so. */
  get settledAhead(): number {
    return this.#tail - this.#head - this.#openRecords;
  }

  /** When the oldest unsettled record was taken, by the clock of whoever took it; undefined when all is settled. */
  get oldestTakenAtMs(): number | undefined {
    return this.#head === this.#tail ? undefined : this.#takenAt[this.#head & this.#mask];
  }

  /** The time that the oldest unsettled record bears, epoch milliseconds; undefined when all is settled. */
  get oldestWrittenAtMs(): number | undefined {
    return this.#head === this.#tail ? undefined : this.#writtenAt[this.#head & this.#mask];
  }

  get phase(): WindowPhase {
    return this.#phase;
  }

  isFull(): boolean {
    const { maxRecords, maxBytes, maxSpan } = this.limits;
    return this.#openRecords >= maxRecords || this.#bytes >= maxBytes || this.span >= maxSpan;
  }

  /** Half is free again: a paused partition may go on. */
  isHalfFree(): boolean {
    const { maxRecords, maxBytes, maxSpan } = this.limits;
    return this.#openRecords * 2 <= maxRecords && this.#bytes * 2 <= maxBytes && this.span * 2 <= maxSpan;
  }

  /** Whether there is something to commit that the last commit did not have. */
  get isDirty(): boolean {
    return this.#dirty;
  }

  markDirty(): void {
    this.#dirty = true;
  }

  clearDirty(): void {
    this.#dirty = false;
  }

  /** An earlier owner settled it: skip it instead of taking it. */
  isSettledBefore(offset: number): boolean {
    return this.#settledBefore.has(offset);
  }

  /**
   * Takes the record at the position or above it.
   * @param writtenAtMs the time that it bears, epoch milliseconds
   * @returns its sequence number
   */
  take(offset: number, bytes: number, takenAtMs: number, writtenAtMs = takenAtMs): number {
    if (this.#tail - this.#head > this.#mask) this.#grow();
    const sequence = this.#tail++;
    const index = sequence & this.#mask;
    this.#offsets[index] = offset;
    this.#takenAt[index] = takenAtMs;
    this.#writtenAt[index] = writtenAtMs;
    this.#sizes[index] = bytes;
    this.#states[index] = WAITING;
    this.#openRecords++;
    this.#bytes += bytes;
    this.#position = offset + 1;
    return sequence;
  }

  /** Moves the position over what needs no handling: settled before, control records, or gone from the log. Even this is worth a commit. */
  skipTo(position: number): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#dirty = true;
    this.#forgetSettledBefore();
  }

  /** @returns false when it must not begin: not ours any more, draining, or begun or settled already */
  begin(sequence: number): boolean {
    const index = sequence & this.#mask;
    if (this.#phase !== 'open' || sequence < this.#head || this.#states[index] !== WAITING) return false;
    this.#states[index] = BEGUN;
    this.#inFlight++;
    return true;
  }

  isWaiting(sequence: number): boolean {
    return sequence >= this.#head && this.#states[sequence & this.#mask] === WAITING;
  }

  /** @returns false when it was settled already */
  settle(sequence: number): boolean {
    const index = sequence & this.#mask;
    if (sequence < this.#head || this.#states[index] === SETTLED) return false;
    if (this.#states[index] === BEGUN) this.#inFlight--;
    this.#states[index] = SETTLED;
    this.#openRecords--;
    this.#bytes -= this.#sizes[index] ?? 0;
    this.#dirty = true;
    if (sequence === this.#head) this.#dropSettledHeads();
    return true;
  }

  /** What began ended without an outcome: the record waits again. @returns false when it had not begun */
  abandon(sequence: number): boolean {
    const index = sequence & this.#mask;
    if (sequence < this.#head || this.#states[index] !== BEGUN) return false;
    this.#states[index] = WAITING;
    this.#inFlight--;
    return true;
  }

  /** Phases only move on; a later one never leads back. */
  enter(phase: Exclude<WindowPhase, 'open'>): void {
    if (this.#phase !== 'detached') this.#phase = phase;
  }

  /** The settled offsets above the commit offset, re-read or not, as commit metadata holds them. */
  settledBitmap(): Uint8Array {
    const base = this.commitOffset;
    const bitmap = new BitmapBuilder(MAX_METADATA_BITS);
    for (let sequence = this.#head; sequence < this.#tail; sequence++)
      if (this.#states[sequence & this.#mask] === SETTLED) bitmap.add(this.#offsetOf(sequence) - base);
    const before = this.#settledBefore;
    for (let offset = Math.max(base, before.base); offset < before.end; offset++)
      if (before.has(offset)) bitmap.add(offset - base);
    return bitmap.bytes();
  }

  #dropSettledHeads(): void {
    while (this.#head < this.#tail && this.#states[this.#head & this.#mask] === SETTLED) this.#head++;
    this.#forgetSettledBefore();
  }

  #forgetSettledBefore(): void {
    if (this.#settledBefore.end <= this.commitOffset) this.#settledBefore = SettledOffsets.NONE;
  }

  #offsetOf(sequence: number): number {
    return this.#offsets[sequence & this.#mask] ?? 0;
  }

  #grow(): void {
    const [offsets, takenAt, writtenAt] = [this.#offsets, this.#takenAt, this.#writtenAt];
    const [sizes, states] = [this.#sizes, this.#states];
    const [oldMask, capacity] = [this.#mask, (this.#mask + 1) * 2];
    this.#mask = capacity - 1;
    this.#offsets = new Float64Array(capacity);
    this.#takenAt = new Float64Array(capacity);
    this.#writtenAt = new Float64Array(capacity);
    this.#sizes = new Uint32Array(capacity);
    this.#states = new Uint8Array(capacity);
    for (let sequence = this.#head; sequence < this.#tail; sequence++) {
      const [from, to] = [sequence & oldMask, sequence & this.#mask];
      this.#offsets[to] = offsets[from] ?? 0;
      this.#takenAt[to] = takenAt[from] ?? 0;
      this.#writtenAt[to] = writtenAt[from] ?? 0;
      this.#sizes[to] = sizes[from] ?? 0;
      this.#states[to] = states[from] ?? WAITING;
    }
  }
}

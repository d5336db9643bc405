import type { RecordToEncode } from './record-batch-encoder.js';
import { framedBytes } from './record-size.js';
import type { OutgoingRecord, RecordDone } from './outgoing-record.js';

export interface QueuedRecord extends RecordToEncode {
  readonly onDone: RecordDone;
  readonly onlyWhile?: OutgoingRecord['onlyWhile'];
}

/** Records for one partition that are sent, and acknowledged, as one. */
export interface PartitionBatch {
  /** With its prefix. */
  readonly topic: string;
  readonly partition: number;
  records: QueuedRecord[];
  /** As records lie in a batch, uncompressed. */
  bytes: number;
  readonly sinceMs: number;
  /** How often it was sent. */
  sends: number;
  /** Its records' callers have been told. */
  settled: boolean;
}

export interface SendLimits {
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  /** Of one call, over all partitions; its first batch goes even if larger. */
  readonly maxCallBytes: number;
}

/**
 * What waits to be sent, by partition. Per partition one batch is open and takes records until it is full; then it is sealed and queues up.
 *
 *   add ──▶ open[partition] ──full──▶ sealed (first in, first out) ──take──▶ a call, at most one batch per partition
 *                 └────────────────────────take─────────────────────────▶
 */
export class SendWindow {
  readonly #limits: SendLimits;
  /** By topic, then by partition. */
  readonly #open = new Map<string, (PartitionBatch | undefined)[]>();
  #openCount = 0;
  #sealed: PartitionBatch[] = [];

  constructor(limits: SendLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#openCount === 0 && this.#sealed.length === 0;
  }

  get hasSealed(): boolean {
    return this.#sealed.length > 0;
  }

  add(topic: string, partition: number, record: QueuedRecord, nowMs: number): void {
    const { maxBatchBytes, maxBatchRecords } = this.#limits;
    let partitions = this.#open.get(topic);
    if (partitions === undefined) this.#open.set(topic, (partitions = []));
    const bytes = framedBytes(record.size);
    let batch = partitions[partition];
    if (batch !== undefined && batch.bytes + bytes > maxBatchBytes) {
      this.#seal(partitions, batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = { topic, partition, records: [record], bytes, sinceMs: nowMs, sends: 0, settled: false };
      partitions[partition] = batch;
      this.#openCount += 1;
    } else {
      batch.records.push(record);
      batch.bytes += bytes;
    }
    if (batch.records.length >= maxBatchRecords || batch.bytes >= maxBatchBytes) this.#seal(partitions, batch);
  }

  /**
   * Batches to send in one call, oldest first. One that is sent again goes alone: the client looks for new leaders only when nothing of what
   * it sent to a broker was written, so in company it would come back until its tries are used up.
   */
  take(): PartitionBatch[] {
    const taken: PartitionBatch[] = [];
    const names = new Set<string>();
    let bytes = 0;
    let isAlone = false;
    const fits = (batch: PartitionBatch): boolean => {
      const name = `${batch.topic}/${batch.partition}`;
      const isRefused =
        taken.length > 0 &&
        (isAlone || batch.sends > 0 || bytes + batch.bytes > this.#limits.maxCallBytes || names.has(name));
      // Taken or left behind: what came later for the same partition must not overtake it.
      names.add(name);
      if (isRefused) return false;
      isAlone = batch.sends > 0;
      bytes += batch.bytes;
      taken.push(batch);
      return true;
    };
    if (this.#sealed.length > 0) this.#sealed = this.#sealed.filter((batch) => !fits(batch));
    if (this.#openCount === 0) return taken;
    for (const partitions of this.#open.values()) {
      for (let partition = 0; partition < partitions.length; partition += 1) {
        const batch = partitions[partition];
        if (batch === undefined || !fits(batch)) continue;
        partitions[partition] = undefined;
        this.#openCount -= 1;
      }
    }
    return taken;
  }

  /** Back to the front, in order: they have waited longest. */
  putBack(batches: readonly PartitionBatch[]): void {
    this.#sealed.unshift(...batches);
  }

  /** Takes out what has waited since before the time given. */
  takeOlderThan(sinceMs: number): PartitionBatch[] {
    const old = this.#sealed.filter((batch) => batch.sinceMs < sinceMs);
    if (old.length > 0) this.#sealed = this.#sealed.filter((batch) => batch.sinceMs >= sinceMs);
    for (const partitions of this.#open.values()) {
      for (const batch of partitions) {
        if (batch === undefined || batch.sinceMs >= sinceMs) continue;
        partitions[batch.partition] = undefined;
        this.#openCount -= 1;
        old.push(batch);
      }
    }
    return old;
  }

  #seal(partitions: (PartitionBatch | undefined)[], batch: PartitionBatch): void {
    partitions[batch.partition] = undefined;
    this.#openCount -= 1;
    this.#sealed.push(batch);
  }
}

/** Takes out what is to be written by somebody else by now. */
export function takeWithdrawn(batch: PartitionBatch): readonly QueuedRecord[] {
  if (!batch.records.some(isWithdrawn)) return [];
  // Asked once of each: whose a record is can change with the next question.
  const withdrawn = new Set(batch.records.filter(isWithdrawn));
  batch.records = batch.records.filter((record) => !withdrawn.has(record));
  batch.bytes = bytesOf(batch.records);
  return [...withdrawn];
}

export function isWithdrawn({ onlyWhile }: QueuedRecord): boolean {
  return onlyWhile !== undefined && !onlyWhile.mayForward;
}

function bytesOf(records: readonly QueuedRecord[]): number {
  return records.reduce((sum, record) => sum + framedBytes(record.size), 0);
}

/** Two batches with half of the records each, in order: to find the one that the broker does not take. */
export function halve(batch: PartitionBatch): [PartitionBatch, PartitionBatch] {
  const middle = batch.records.length >> 1;
  const part = (records: QueuedRecord[]): PartitionBatch => ({
    ...batch,
    records,
    bytes: bytesOf(records),
    sends: 0,
  });
  return [part(batch.records.slice(0, middle)), part(batch.records.slice(middle))];
}

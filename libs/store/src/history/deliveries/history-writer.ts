import { Injectable } from '@nestjs/common';
import type { AttemptMessage } from '@fleethook/messages';
import { Database, type PreparedStatement } from '../../database.js';
import { recordHealth } from '../../health/record-health.js';
import type { StoreError } from '../../store-error.js';
import { deliveryStateKey, mergeDeliveryStates, type DeliveryState } from './delivery-state.js';
import type { HistoryFact } from './history-fact.js';
import { dayOf, HistoryPartitions, type Day, type HistoryTable } from '../history-partitions.js';
import { attemptParameters, deliveryParameters, MERGE_DELIVERIES, RECORD_ATTEMPTS } from './history-statement.js';
import { isRefusal, lacksPartition } from '../refusal.js';

export interface WriteOptions {
  /** By PostgreSQL's clock (DatabaseClock): what is out of range by a clock that is wrong would be lost for good. */
  readonly nowMs: number;
  /** Facts of days that this has passed are not written. */
  readonly retentionMs: number;
}

export interface WriteResult {
  /** Rows that were not there. */
  readonly attempts: number;
  /** Rows that were not there or changed. */
  readonly deliveries: number;
  /** Deliveries with another success than was known: the receiver got them again. A batch that is written again counts them again. */
  readonly repeated: number;
  /** Facts whose days are not kept any more, or too far ahead to be true. */
  readonly outOfRange: number;
  /** Facts that PostgreSQL will never take. */
  readonly refused: readonly RefusedFact[];
}

export interface RefusedFact {
  readonly fact: HistoryFact;
  readonly error: StoreError;
}

/** Clocks err; a fact from further ahead would only make a partition that nobody ever drops. */
export const MAX_DAYS_AHEAD = 31;

type Counts = Pick<WriteResult, 'attempts' | 'deliveries' | 'repeated'>;

const NONE: Counts = { attempts: 0, deliveries: 0, repeated: 0 };

interface Rows {
  readonly attempts: AttemptMessage[];
  readonly states: DeliveryState[];
  outOfRange: number;
  /** Successes of one delivery within the batch, beside the first. */
  repeated: number;
}

/** Writes history in batches. Idempotent: a batch that may have been written is simply written again. */
@Injectable()
export class HistoryWriter {
  constructor(
    private readonly database: Database,
    private readonly partitions: HistoryPartitions,
  ) {}

  /** @throws StoreError when PostgreSQL is away or not migrated: write the same facts again later */
  async write(facts: readonly HistoryFact[], options: WriteOptions): Promise<WriteResult> {
    const rows = this.#rowsOf(facts, options);
    try {
      const written = await this.#insert(rows);
      await recordHealth(this.database, facts, options.nowMs);
      return { ...written, repeated: written.repeated + rows.repeated, outOfRange: rows.outOfRange, refused: [] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [first] = facts;
      if (facts.length === 1 && first !== undefined)
        return { ...NONE, outOfRange: 0, refused: [{ fact: first, error }] };
    }
    // One bad fact must not hold up the others: halve until it is alone.
    const middle = Math.ceil(facts.length / 2);
    const left = await this.write(facts.slice(0, middle), options);
    const right = await this.write(facts.slice(middle), options);
    return {
      attempts: left.attempts + right.attempts,
      deliveries: left.deliveries + right.deliveries,
      repeated: left.repeated + right.repeated,
      outOfRange: left.outOfRange + right.outOfRange,
      refused: [...left.refused, ...right.refused],
    };
  }

  #rowsOf(facts: readonly HistoryFact[], { nowMs, retentionMs }: WriteOptions): Rows {
    const [oldest, newest] = [dayOf(nowMs - retentionMs), dayOf(nowMs) + MAX_DAYS_AHEAD];
    const isKept = (day: Day): boolean => day >= oldest && day <= newest;
    const attempts: AttemptMessage[] = [];
    const states = new Map<string, DeliveryState>();
    let [outOfRange, repeated] = [0, 0];
    for (const { attempt, state } of facts) {
      const keepsAttempt = attempt === undefined || isKept(dayOf(attempt.startedAtMs));
      const keepsState = isKept(dayOf(state.acceptedAtMs));
      if (!keepsAttempt || !keepsState) outOfRange++;
      if (attempt !== undefined && keepsAttempt) attempts.push(attempt);
      if (!keepsState) continue;
      const key = deliveryStateKey(state);
      const known = states.get(key);
      if (known !== undefined && isRepeated(known, state)) repeated++;
      states.set(key, known === undefined ? state : mergeDeliveryStates(known, state));
    }
    // In the order of the key: neighbours share pages, and two recorders cannot wait for each other's rows in a circle.
    return { attempts, states: [...states.values()].toSorted(byKey), outOfRange, repeated };
  }

  async #insert(rows: Rows): Promise<Counts> {
    await this.#makeDays(rows);
    try {
      return await this.#record(rows);
    } catch (error) {
      if (!lacksPartition(error)) throw error;
      this.partitions.forget();
    }
    await this.#makeDays(rows);
    return this.#record(rows);
  }

  /** Two statements at most, of which the second knows nothing of the first: written again, both change nothing. */
  async #record({ attempts, states }: Rows): Promise<Counts> {
    const begun = states.filter(isFirstAttempt);
    const written = await this.#query(RECORD_ATTEMPTS, attemptParameters(attempts, begun));
    const isAllNew = written.deliveries === begun.length;
    const others = isAllNew ? states.filter((state) => !isFirstAttempt(state)) : states;
    if (others.length === 0) return written;
    const merged = await this.#query(MERGE_DELIVERIES, deliveryParameters(others));
    return { ...merged, attempts: written.attempts, deliveries: written.deliveries + merged.deliveries };
  }

  async #query(statement: PreparedStatement, parameters: readonly unknown[]): Promise<Counts> {
    const [counts] = await this.database.prepared(statement, parameters);
    return { ...NONE, ...counts };
  }

  async #makeDays({ attempts, states }: Rows): Promise<void> {
    for (const day of this.#missing('attempts', attempts, ({ startedAtMs }) => startedAtMs))
      await this.partitions.make('attempts', day);
    for (const day of this.#missing('attempt_counts', attempts, ({ startedAtMs }) => startedAtMs))
      await this.partitions.make('attempt_counts', day);
    for (const day of this.#missing('deliveries', states, ({ acceptedAtMs }) => acceptedAtMs))
      await this.partitions.make('deliveries', day);
  }

  #missing<R>(table: HistoryTable, rows: readonly R[], timeOf: (row: R) => number): Set<Day> {
    const missing = new Set<Day>();
    for (const row of rows) {
      const day = dayOf(timeOf(row));
      if (!this.partitions.has(table, day)) missing.add(day);
    }
    return missing;
  }
}

/** Of most deliveries the first attempt is all there is, and the first that is heard of them. */
function isFirstAttempt(state: DeliveryState): boolean {
  return state.attemptCount === 1;
}

function isRepeated(one: DeliveryState, other: DeliveryState): boolean {
  const [first, second] = [one.deliveredAtMs, other.deliveredAtMs];
  return first !== undefined && second !== undefined && first !== second;
}

function byKey(one: DeliveryState, other: DeliveryState): number {
  if (one.webhook !== other.webhook) return one.webhook < other.webhook ? -1 : 1;
  if (one.acceptedAtMs !== other.acceptedAtMs) return one.acceptedAtMs - other.acceptedAtMs;
  if (one.delivery !== other.delivery) return one.delivery < other.delivery ? -1 : 1;
  return one.series < other.series ? -1 : one.series > other.series ? 1 : 0;
}

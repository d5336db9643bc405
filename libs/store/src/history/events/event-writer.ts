import { Injectable } from '@nestjs/common';
import { Database } from '../../database.js';
import type { StoreError } from '../../store-error.js';
import type { EventFact } from './event-fact.js';
import { eventParameters, RECORD_EVENTS, type Span } from './event-statement.js';
import { dayOf, HistoryPartitions, type Day, type HistoryTable } from '../history-partitions.js';
import { MAX_DAYS_AHEAD, type WriteOptions } from '../deliveries/history-writer.js';
import { isRefusal, isTaken, lacksPartition } from '../refusal.js';

export interface EventWriteResult {
  /** Rows that were not there. */
  readonly events: number;
  /** Events whose days are not kept any more, or too far ahead to be true. */
  readonly outOfRange: number;
  /** Events that PostgreSQL will never take. */
  readonly refused: readonly RefusedEventFact[];
}

export interface RefusedEventFact {
  readonly fact: EventFact;
  readonly error: StoreError;
}

const DAY_MS = 86_400_000;
/**
 * A producer that sends an event again under its name does so soon. What comes within this is left alone, what comes later is a row that
 * lists do not show: to look for a name in every day would cost more than the event itself.
 */
const RESENT_WITHIN_MS = DAY_MS;

/** Writes events in batches. Idempotent: a batch that may have been written is simply written again. */
@Injectable()
export class EventWriter {
  constructor(
    private readonly database: Database,
    private readonly partitions: HistoryPartitions,
  ) {}

  /** @throws StoreError when PostgreSQL is away or not migrated: write the same events again later */
  async write(facts: readonly EventFact[], options: WriteOptions): Promise<EventWriteResult> {
    const kept = keptDays(options);
    const rows = firstOfEach(facts.filter(({ acceptedAtMs }) => isWithin(kept, acceptedAtMs)));
    const outOfRange = facts.reduce((sum, { acceptedAtMs }) => sum + (isWithin(kept, acceptedAtMs) ? 0 : 1), 0);
    return { ...(await this.#writeAround(rows, kept)), outOfRange };
  }

  /** One bad event must not hold up the others: halve until it is alone. */
  async #writeAround(rows: readonly EventFact[], kept: Span): Promise<Omit<EventWriteResult, 'outOfRange'>> {
    const [first] = rows;
    if (first === undefined) return { events: 0, refused: [] };
    try {
      return { events: await this.#insert(rows, kept), refused: [] };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (rows.length === 1) return { events: 0, refused: [{ fact: first, error }] };
    }
    const middle = Math.ceil(rows.length / 2);
    const left = await this.#writeAround(rows.slice(0, middle), kept);
    const right = await this.#writeAround(rows.slice(middle), kept);
    return { events: left.events + right.events, refused: [...left.refused, ...right.refused] };
  }

  async #insert(rows: readonly EventFact[], kept: Span): Promise<number> {
    await this.#makeDays(rows, kept);
    try {
      return await this.#record(rows, kept);
    } catch (error) {
      // Another recorder wrote one of them in the same moment: looked at again, it is there.
      if (isTaken(error)) return this.#record(rows, kept);
      if (!lacksPartition(error)) throw error;
      this.partitions.forget();
    }
    await this.#makeDays(rows, kept);
    return this.#record(rows, kept);
  }

  async #record(rows: readonly EventFact[], kept: Span): Promise<number> {
    const acceptedAtMs = rows.map((row) => row.acceptedAtMs);
    const known = {
      fromMs: Math.min(...acceptedAtMs) - RESENT_WITHIN_MS,
      toMs: Math.max(...acceptedAtMs) + RESENT_WITHIN_MS,
    };
    const parameters = eventParameters(rows, known, kept);
    const [counts] = await this.database.prepared(RECORD_EVENTS, parameters);
    return Number(counts?.['events'] ?? 0);
  }

  async #makeDays(rows: readonly EventFact[], kept: Span): Promise<void> {
    const days = new Map<HistoryTable, Set<Day>>([
      ['events', new Set()],
      ['event_tags', new Set()],
      ['event_counts', new Set()],
    ]);
    const need = (table: HistoryTable, atMs: number): void => {
      const day = dayOf(atMs);
      if (!this.partitions.has(table, day)) days.get(table)?.add(day);
    };
    for (const { acceptedAtMs, insertedAtMs, tags } of rows) {
      need('events', acceptedAtMs);
      if (tags !== undefined) need('event_tags', acceptedAtMs);
      if (isWithin(kept, insertedAtMs)) need('event_counts', insertedAtMs);
    }
    for (const [table, missing] of days) for (const day of missing) await this.partitions.make(table, day);
  }
}

function keptDays({ nowMs, retentionMs }: WriteOptions): Span {
  return { fromMs: dayOf(nowMs - retentionMs) * DAY_MS, toMs: (dayOf(nowMs) + MAX_DAYS_AHEAD + 1) * DAY_MS };
}

function isWithin({ fromMs, toMs }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < toMs;
}

/** Each event once, and in one order: two recorders with the same events cannot wait for each other's rows in a circle. */
function firstOfEach(facts: readonly EventFact[]): EventFact[] {
  const byEvent = new Map<string, EventFact>();
  for (const fact of facts) {
    const known = byEvent.get(fact.event);
    if (known === undefined || fact.acceptedAtMs < known.acceptedAtMs) byEvent.set(fact.event, fact);
  }
  return [...byEvent.values()].toSorted(
    (one, other) => one.acceptedAtMs - other.acceptedAtMs || (one.event < other.event ? -1 : 1),
  );
}

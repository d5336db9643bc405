import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LOG, METRICS, startAtZero, type Log, type Metrics } from '@fleethook/observability';
import { IdempotencyQueries } from '@fleethook/store';

/** A table, and how some of what is past its time is dropped from it. */
export interface PrunedTable {
  readonly name: string;
  /** @returns how many: it is called again while it is not 0 */
  readonly prune: () => Promise<number>;
}

export abstract class PrunedTables {
  abstract readonly all: readonly PrunedTable[];
}

const INTERVAL_MS = 600_000;
const MAX_JITTER_MS = 60_000;

/** Drops what is past its time, a thousand rows at once. Several processes may do so together: each skips what another holds. */
@Injectable()
export class UpkeepJob {
  constructor(
    private readonly tables: PrunedTables,
    private readonly idempotency: IdempotencyQueries,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(
      metrics.apiPruned,
      'table',
      tables.all.map(({ name }) => name),
    );
  }

  @Interval(INTERVAL_MS + Math.floor(Math.random() * MAX_JITTER_MS))
  async run(): Promise<void> {
    try {
      for (const table of this.tables.all) await this.#drain(table);
      this.metrics.apiKeptReplies.set(await this.idempotency.count());
    } catch (error) {
      this.log.warn({ event: 'upkeep.failed', error }, 'What is past its time stays until the next round');
    }
  }

  async #drain({ name, prune }: PrunedTable): Promise<void> {
    for (let dropped = await prune(); dropped > 0; dropped = await prune())
      this.metrics.apiPruned.inc({ table: name }, dropped);
  }
}

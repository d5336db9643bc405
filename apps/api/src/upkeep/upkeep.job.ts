import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { AuditLog, ConsoleSessionQueries, IdempotencyQueries } from '@fleethook/store';

/** How long the audit log is kept. */
export abstract class AuditRetention {
  abstract readonly retentionMs: number;
}

const INTERVAL_MS = 600_000;
const MAX_JITTER_MS = 60_000;

/** Drops what is past its time, a thousand rows at once. Several processes may do so together: each skips what another holds. */
@Injectable()
export class UpkeepJob {
  constructor(
    private readonly audit: AuditLog,
    private readonly idempotency: IdempotencyQueries,
    private readonly sessions: ConsoleSessionQueries,
    private readonly retention: AuditRetention,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Interval(INTERVAL_MS + Math.floor(Math.random() * MAX_JITTER_MS))
  async run(): Promise<void> {
    try {
      const olderThan = new Date(Date.now() - this.retention.retentionMs);
      await this.#drain('audit_log', () => this.audit.prune(olderThan));
      await this.#drain('idempotency_keys', () => this.idempotency.prune());
      await this.#drain('console_sessions', () => this.sessions.prune(new Date()));
      this.metrics.apiKeptReplies.set(await this.idempotency.count());
    } catch (error) {
      this.log.warn({ event: 'upkeep.failed', error }, 'What is past its time stays until the next round');
    }
  }

  async #drain(table: string, prune: () => Promise<number>): Promise<void> {
    for (let dropped = await prune(); dropped > 0; dropped = await prune())
      this.metrics.apiPruned.inc({ table }, dropped);
  }
}

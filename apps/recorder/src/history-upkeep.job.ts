import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LOG, type Log } from '@fleethook/observability';
import { BreakerQueries, BusyDevices, HistoryPartitions, RecentCounts } from '@fleethook/store';
import { KeptDays } from './kept-days.js';

const HOUR_MS = 3_600_000;
const MAX_JITTER_MS = 300_000;

/** Makes the days of the history ahead, drops what is past its time and looks through the days that ended: at start and every hour. */
@Injectable()
export class HistoryUpkeepJob {
  constructor(
    private readonly partitions: HistoryPartitions,
    private readonly busyDevices: BusyDevices,
    private readonly recentCounts: RecentCounts,
    private readonly breakers: BreakerQueries,
    private readonly keptDays: KeptDays,
    @Inject(LOG) private readonly log: Log,
  ) {}

  // Recorders that were started together would otherwise all come at once, and wait for each other.
  @Interval(HOUR_MS + Math.floor(Math.random() * MAX_JITTER_MS))
  async run(): Promise<void> {
    await this.#step('partitions', async () => {
      const { nowMs, retentionMs } = await this.keptDays.now();
      const { made, dropped } = await this.partitions.upkeep(nowMs, retentionMs);
      if (made.length + dropped.length > 0) this.log.info({ event: 'history.partitions_changed', made, dropped });
    });
    await this.#step('busy devices', async () => {
      const { nowMs, retentionMs } = await this.keptDays.now();
      const { failures } = await this.busyDevices.note(nowMs, retentionMs);
      for (const { organization, error } of failures) this.#failed({ step: 'busy devices', organization, error });
    });
    await this.#step('recent counts', () => this.recentCounts.prune());
    await this.#step('breakers', () => this.breakers.prune());
  }

  /** What one of them cannot do keeps the others from nothing: a missing day is made when it is needed, and the next hour will do. */
  async #step(step: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed({ step, error });
    }
  }

  #failed(what: { step: string; organization?: string; error: unknown }): void {
    this.log.error({ event: 'history.upkeep_failed', ...what }, 'The history could not be kept up');
  }
}

import { Injectable } from '@nestjs/common';
import { timestampOf, type Prn } from '@fleethook/events';
import { BreakerQueries } from '@fleethook/store';
import type { PipelineView } from './pipeline.schemas.js';
import { PipelineState } from './pipeline-state.js';

/** Older news of breakers would be none: they come the way of the history. */
const MAX_HISTORY_LAG_SECONDS = 60;

/** The state of the pipeline as an organization sees it. */
@Injectable()
export class PipelineViews {
  constructor(
    private readonly state: PipelineState,
    private readonly breakers: BreakerQueries,
  ) {}

  /** @throws StoreError */
  async of(organization: Prn<'organization'>): Promise<PipelineView> {
    const [reading, openBreakers] = await Promise.all([
      this.state.current(),
      this.breakers.countOpen(organization, new Date()),
    ]);
    const isKnown = reading !== undefined && reading.historyLagSeconds <= MAX_HISTORY_LAG_SECONDS;
    return {
      generated_at: timestampOf(Date.now()),
      past_due_seconds: reading === undefined ? null : Math.max(0, ...reading.tiers.map((tier) => tier.pastDueSeconds)),
      tiers:
        reading?.tiers.map(({ tier, waiting, pastDueSeconds }) => ({
          tier,
          waiting,
          past_due_seconds: pastDueSeconds,
        })) ?? null,
      lag: reading?.lag.map((one) => ({ ...one })) ?? null,
      open_breakers: isKnown ? openBreakers : null,
      history_lag_seconds: reading?.historyLagSeconds ?? null,
    };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { DatabaseClock, type WriteOptions } from '@fleethook/store';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';

/** Which days of the history are kept. What falls out of them is lost for good, so it is PostgreSQL's clock that says, and not this machine's. */
@Injectable()
export class KeptDays {
  constructor(
    private readonly clock: DatabaseClock,
    @Inject(HISTORY_OPTIONS) private readonly options: HistoryOptions,
  ) {}

  /** @throws StoreError when PostgreSQL is away */
  async now(): Promise<WriteOptions> {
    return { nowMs: await this.clock.nowMs(), retentionMs: this.options.retentionMs };
  }
}

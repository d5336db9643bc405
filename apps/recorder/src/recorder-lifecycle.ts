import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { KafkaBatchServer } from '@fleethook/kafka';
import { HistoryBuffer } from './history-buffer.js';

/** The batch under way is finished, what waits is left to the next owner, and only then the rest of the app ends. */
@Injectable()
export class RecorderLifecycle implements BeforeApplicationShutdown {
  constructor(
    private readonly records: KafkaBatchServer,
    private readonly buffer: HistoryBuffer,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.buffer.stop();
    await this.records.close();
  }
}

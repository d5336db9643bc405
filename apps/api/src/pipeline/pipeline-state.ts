import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { GroupProgress } from '@fleethook/kafka';
import { LOG, type Log } from '@fleethook/observability';
import { pipelineReading, type PipelineReading } from './pipeline-reading.js';

/** Where progress is read. */
export abstract class PipelineProgress {
  /** @throws KafkaError KAFKA_UNAVAILABLE */
  abstract read(): Promise<readonly GroupProgress[]>;
  abstract oldestAge(progress: GroupProgress, range: { minMs: number; maxMs: number }, nowMs: number): Promise<number>;
  abstract close(): Promise<void>;
}

const FRESH_MS = 2_000;
/** Whoever asks waits no longer; the reading goes on, and the next one who asks may have it. */
const PATIENCE_MS = 3_000;

/** How far the pipeline has come, read once in two seconds however many ask, and not at all while nobody does. */
@Injectable()
export class PipelineState implements OnApplicationShutdown {
  #latest: PipelineReading | undefined;
  #atMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #isAway = false;

  constructor(
    private readonly progress: PipelineProgress,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Undefined while Kafka is away. */
  async current(): Promise<PipelineReading | undefined> {
    if (performance.now() - this.#atMs < FRESH_MS) return this.#latest;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    const patience = new AbortController();
    const isRead = await Promise.race([
      this.#reading.then(() => true),
      new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), PATIENCE_MS);
        patience.signal.addEventListener('abort', () => clearTimeout(timer));
      }),
    ]);
    patience.abort();
    return isRead ? this.#latest : undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#reading;
    await this.progress.close();
  }

  async #read(): Promise<void> {
    try {
      const found = await this.progress.read();
      const nowMs = Date.now();
      this.#latest = await pipelineReading(found, (one, range) => this.progress.oldestAge(one, range, nowMs));
      if (this.#isAway) this.log.info({ event: 'pipeline.readable' }, 'the state of the pipeline is known again');
      this.#isAway = false;
    } catch (error) {
      this.#latest = undefined;
      if (!this.#isAway) this.log.warn({ event: 'pipeline.unreadable', error }, 'the state of the pipeline is unknown');
      this.#isAway = true;
    }
    this.#atMs = performance.now();
  }
}

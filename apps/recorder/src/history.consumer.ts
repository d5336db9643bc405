import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  decodeAttempt,
  decodeBreaker,
  decodeDead,
  MessageError,
  reportKind,
  TOPICS,
  type BreakerMessage,
} from '@fleethook/messages';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { attemptFact, deathFact, type HistoryFact } from '@fleethook/store';
import { BreakerBuffer } from './breaker-buffer.js';
import { HistoryBuffer } from './history-buffer.js';

/** Names the consumer of `webhook.attempts` and `webhook.dead`: one group with one fixed set of topics. */
export const HISTORY = Symbol('history');

@Controller()
export class HistoryConsumer {
  constructor(
    private readonly buffer: HistoryBuffer,
    private readonly breakers: BreakerBuffer,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @EventPattern(TOPICS.attempts.name, HISTORY)
  onAttempts(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) {
      switch (reportKind(record)) {
        case 'attempt':
          this.buffer.offer(record, this.#attemptIn);
          break;
        case 'breaker':
          this.breakers.offer(record, this.#breakerIn);
          break;
        case 'unknown':
          this.breakers.offer(record, this.#nothingIn);
          break;
      }
    }
  }

  @EventPattern(TOPICS.dead.name, HISTORY)
  onDead(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) this.buffer.offer(record, this.#deathIn);
  }

  readonly #attemptIn = (record: KafkaRecord): HistoryFact | undefined => this.#read(record, attemptOf);
  readonly #deathIn = (record: KafkaRecord): HistoryFact | undefined => this.#read(record, deathOf);

  readonly #breakerIn = (record: KafkaRecord): BreakerMessage | undefined => this.#read(record, decodeBreaker);
  /** Of a later release: it says something that this one does not keep. */
  readonly #nothingIn = (): undefined => {
    this.metrics.recorderSkipped.inc({ reason: 'unknown_kind' });
  };

  /** What cannot be read is history only, and its topic keeps the record: say so loudly, and go on. */
  #read<F>(record: KafkaRecord, read: (record: KafkaRecord) => F | undefined): F | undefined {
    try {
      return read(record);
    } catch (error) {
      const { topic, partition, offset } = record;
      this.metrics.recorderSkipped.inc({ reason: 'undecodable' });
      const reason = error instanceof MessageError ? { code: error.code } : { error };
      const message = error instanceof Error ? error.message : String(error);
      this.log.error({ event: 'history.undecodable', topic, partition, offset, ...reason }, message);
      return undefined;
    }
  }
}

function attemptOf(record: KafkaRecord): HistoryFact {
  return attemptFact(decodeAttempt(record));
}

/** A parked record that could not be read is nobody's delivery: there is no history of it. */
function deathOf(record: KafkaRecord): HistoryFact | undefined {
  const dead = decodeDead(record);
  return dead.kind === 'delivery' ? deathFact(dead) : undefined;
}

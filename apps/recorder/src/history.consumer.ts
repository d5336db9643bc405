import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { decodeAttempt, decodeDead, MessageError, TOPICS } from '@fleethook/messages';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { attemptFact, deathFact, type HistoryFact } from '@fleethook/store';
import { HistoryBuffer } from './history-buffer.js';

/** Names the consumer of `webhook.attempts` and `webhook.dead`: one group with one fixed set of topics. */
export const HISTORY = Symbol('history');

@Controller()
export class HistoryConsumer {
  constructor(
    private readonly buffer: HistoryBuffer,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @EventPattern(TOPICS.attempts.name, HISTORY)
  onAttempts(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) this.#take(record, attemptOf);
  }

  @EventPattern(TOPICS.dead.name, HISTORY)
  onDead(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) this.#take(record, deathOf);
  }

  #take(record: KafkaRecord, read: (record: KafkaRecord) => HistoryFact | undefined): void {
    let fact: HistoryFact | undefined;
    try {
      fact = read(record);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#skip(record, error);
      return;
    }
    if (fact !== undefined) this.buffer.offer(record, fact);
    else if (record.begin()) record.settle();
  }

  /** It is history only, and its topic keeps the record: say so loudly, and go on. */
  #skip(record: KafkaRecord, error: MessageError): void {
    if (!record.begin()) return;
    const { topic, partition, offset } = record;
    this.metrics.recorderSkipped.inc({ reason: 'undecodable' });
    this.log.error({ event: 'history.undecodable', topic, partition, offset, code: error.code }, error.message);
    record.settle();
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

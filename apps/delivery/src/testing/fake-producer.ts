import {
  KafkaError,
  RecordProducer,
  type KafkaErrorCode,
  type OutgoingRecord,
  type RecordDone,
} from '@fleethook/kafka';
import type { EncodedRecord } from '@fleethook/messages';

/** Takes records, or refuses them; acknowledges at once, or when a spec says so. */
export class FakeProducer extends RecordProducer {
  readonly written: OutgoingRecord[] = [];
  /** Refuses what goes to these topics (`*`: all). */
  refuses = new Map<string, KafkaErrorCode>();
  holds = false;
  readonly #held: (() => void)[] = [];

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    const code = this.refuses.get(record.topic) ?? this.refuses.get('*');
    if (code !== undefined) {
      onDone(new KafkaError(code, record.topic));
      return;
    }
    const acknowledge = (): void => {
      this.written.push(record);
      onDone(undefined);
    };
    if (this.holds) this.#held.push(acknowledge);
    else acknowledge();
  }

  release(): void {
    for (const acknowledge of this.#held.splice(0)) acknowledge();
  }

  to(topic: string): EncodedRecord[] {
    return this.written
      .filter((record) => record.topic === topic)
      .map(({ key, value, headers }) => ({
        key,
        value: value === null ? null : Buffer.from(value),
        headers,
      }));
  }

  get topics(): string[] {
    return this.written.map(({ topic }) => topic);
  }
}

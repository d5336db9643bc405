import { Partitioner } from './partitioner.js';
import type { ProduceClient } from './produce-client.js';

type LookedUp = (error: unknown) => void;

/** How many partitions each topic has, and so where a key goes. */
export class TopicPartitions {
  readonly #client: Pick<ProduceClient, 'partitionsOf'>;
  readonly #partitioner = new Partitioner();
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Map<string, LookedUp[]>();

  constructor(client: Pick<ProduceClient, 'partitionsOf'>) {
    this.#client = client;
  }

  /** Undefined while the topic is unknown. */
  partitionOf(topic: string, key: string): number | undefined {
    const count = this.#counts.get(topic);
    return count === undefined ? undefined : this.#partitioner.partitionOf(key, count);
  }

  learn(topic: string, partitions: number): void {
    if (partitions > 0) this.#counts.set(topic, partitions);
  }

  /** Asks Kafka; one question at a time per topic, however many wait for the answer. */
  lookUp(topic: string, onDone: LookedUp): void {
    const waiting = this.#waiting.get(topic);
    if (waiting !== undefined) {
      waiting.push(onDone);
      return;
    }
    this.#waiting.set(topic, [onDone]);
    this.#client.partitionsOf(topic).then(
      (partitions) => {
        this.learn(topic, partitions);
        this.#answer(topic, partitions > 0 ? undefined : new Error(`${topic} has no partitions`));
      },
      (error: unknown) => this.#answer(topic, error),
    );
  }

  #answer(topic: string, error: unknown): void {
    const waiting = this.#waiting.get(topic) ?? [];
    this.#waiting.delete(topic);
    for (const onDone of waiting) onDone(error);
  }
}

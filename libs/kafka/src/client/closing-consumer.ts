import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import { CLIENT_RETRY } from './client-factory.js';

/**
 * A consumer that stays closed. The client's own, told to disconnect while it starts or starts again after a crash, stops nothing, and goes
 * on to join its group; and what was under way is tried on, until it crashes of it and is started again, with nobody to stop it.
 */
export class ClosingConsumer {
  readonly consumer: Consumer;
  #isClosed = false;

  /** @param config its retries are ours */
  constructor(kafka: Kafka, config: Omit<ConsumerConfig, 'retry'>) {
    const restartOnFailure = (): Promise<boolean> => Promise.resolve(!this.#isClosed);
    this.consumer = kafka.consumer({ ...config, retry: { ...CLIENT_RETRY, restartOnFailure } });
    this.consumer.on(this.consumer.events.GROUP_JOIN, () => {
      // In a moment: it says so before it takes itself for running, and only then can be stopped.
      if (this.#isClosed) setImmediate(() => void this.consumer.disconnect().catch(() => undefined));
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Leaves the group. @throws when that could not be said */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.consumer.disconnect();
  }
}

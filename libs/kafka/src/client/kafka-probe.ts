import type { Admin } from 'kafkajs';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { createKafka } from './client-factory.js';
import { errorTypeOf } from './kafka-error.js';

/** An answer is good for so long, however often it is asked for. */
const FRESH_MS = 5_000;
const NO_RETRY = { initialRetryTime: 100, maxRetryTime: 100, retries: 0, factor: 0, multiplier: 1 } as const;

/** Readiness of an app that only produces: does a broker answer? */
export class KafkaProbe {
  readonly #admin: Admin;
  #connected = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #answer: Promise<string | undefined> | undefined;

  constructor(connection: KafkaConnection, context: KafkaContext) {
    const kafka = createKafka(connection, context, 'probe', { retry: NO_RETRY });
    this.#admin = kafka.admin({ retry: NO_RETRY });
  }

  /** Why Kafka cannot be used now, or undefined. */
  check(): Promise<string | undefined> {
    const nowMs = performance.now();
    if (this.#answer === undefined || nowMs - this.#askedAtMs > FRESH_MS) {
      this.#askedAtMs = nowMs;
      this.#answer = this.#ask();
    }
    return this.#answer;
  }

  async close(): Promise<void> {
    await this.#answer;
    await this.#admin.disconnect();
  }

  async #ask(): Promise<string | undefined> {
    try {
      if (!this.#connected) await this.#admin.connect();
      this.#connected = true;
      await this.#admin.describeCluster();
      return undefined;
    } catch (error) {
      this.#connected = false;
      return `no broker answers: ${errorTypeOf(error) ?? (error instanceof Error ? error.message : String(error))}`;
    }
  }
}

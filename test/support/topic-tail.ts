import { randomUUID } from 'node:crypto';
import {
  KafkaBatchServer,
  type KafkaBatch,
  type KafkaConnection,
  type KafkaContext,
  type KafkaRecord,
} from '@fleethook/kafka';

/** Reads a topic from its beginning, for ever, and keeps what it read: what a test asserts on. */
export class TopicTail implements AsyncDisposable {
  readonly records: KafkaRecord[] = [];

  private constructor(private readonly server: KafkaBatchServer) {}

  /** @param topic without the prefix */
  static async of(topic: string, connection: KafkaConnection, context: KafkaContext): Promise<TopicTail> {
    const server = new KafkaBatchServer(
      {
        connection,
        groupId: `tail.${randomUUID()}`,
        transportId: Symbol(topic),
        window: { maxRecords: 10_000, maxBytes: 64 * 1_024 * 1_024, maxSpan: 16_384 },
        handoverGraceMs: 0,
        drainTimeoutMs: 1_000,
      },
      context,
    );
    const tail = new TopicTail(server);
    server.addHandler(
      topic,
      (batch: KafkaBatch) => {
        for (const record of batch.records) if (record.begin()) tail.#keep(record);
        return Promise.resolve();
      },
      true,
    );
    try {
      await new Promise<void>((resolve, reject) => {
        server.listen((error) => (error === undefined ? resolve() : reject(error as Error))).catch(reject);
      });
    } catch (error) {
      await server.close();
      throw error;
    }
    return tail;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }

  #keep(record: KafkaRecord): void {
    this.records.push(record);
    record.settle();
  }
}

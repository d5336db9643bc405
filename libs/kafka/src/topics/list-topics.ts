import { createKafka } from '../client/client-factory.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';

const RETRY = { initialRetryTime: 100, maxRetryTime: 5_000, retries: 10, factor: 0.2, multiplier: 2 } as const;

/** The topics that exist under the connection's prefix, by their names without it. Rejects when Kafka stays away. */
export async function listTopics(connection: KafkaConnection, context: KafkaContext): Promise<string[]> {
  const options = { retry: RETRY };
  const admin = createKafka(connection, context, 'topics', options).admin({ retry: RETRY });
  try {
    await admin.connect();
    const names = await admin.listTopics();
    return names
      .filter((name) => name.startsWith(connection.prefix))
      .map((name) => name.slice(connection.prefix.length));
  } finally {
    await admin.disconnect();
  }
}

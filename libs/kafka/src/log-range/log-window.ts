import { CLIENT_RETRY, createKafka } from '../client/client-factory.js';
import { observeRequests } from '../client/client-metrics.js';
import { KafkaError } from '../client/kafka-error.js';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import type { OffsetRange } from './range-positions.js';

/** Record timestamps, epoch milliseconds: from the first at or after `fromMs` to the first at or after `toMs`, exclusive. */
export interface LogWindow {
  /** Without the prefix. */
  readonly topic: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The offsets of a window of time, partition by partition: from what the log still keeps to, at most, where it ends now.
 *
 * @throws KafkaError KAFKA_UNAVAILABLE
 */
export async function offsetsOfWindow(
  connection: KafkaConnection,
  window: LogWindow,
  context: KafkaContext,
): Promise<OffsetRange[]> {
  const topic = connection.prefix + window.topic;
  const admin = createKafka(connection, context, `window.${window.topic}`).admin({ retry: CLIENT_RETRY });
  observeRequests(admin, context.metrics);
  try {
    await admin.connect();
    const begins = await admin.fetchTopicOffsetsByTimestamp(topic, window.fromMs);
    const ends = await admin.fetchTopicOffsetsByTimestamp(topic, window.toMs);
    const endOf = new Map(ends.map(({ partition, offset }) => [partition, Number(offset)]));
    return begins
      .map(({ partition, offset }) => {
        const next = Number(offset);
        return { partition, next, end: Math.max(next, endOf.get(partition) ?? next) };
      })
      .toSorted((one, other) => one.partition - other.partition);
  } catch (cause) {
    throw new KafkaError('KAFKA_UNAVAILABLE', `the offsets of ${window.topic}`, { cause });
  } finally {
    await admin.disconnect();
  }
}

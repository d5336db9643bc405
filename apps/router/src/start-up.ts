import type { INestApplicationContext } from '@nestjs/common';
import { BatchingProducer, ConfigTopicReader, setUpTopics, type KafkaConnection } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { Readiness, type Log, type Metrics } from '@fleethook/observability';

/** What the router needs before its first event. Waits for Kafka as long as it takes. */
export async function startUp(
  app: INestApplicationContext,
  connection: KafkaConnection,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<void> {
  const { events, config, deliveries, dead } = TOPICS;
  await setUpTopics(connection, [events, config, deliveries, dead], { log, metrics, readiness: app.get(Readiness) });
  await app.get(BatchingProducer).connect();
  // To the end, before the first event: one that is routed by half the configuration misses webhooks for good.
  await app.get(ConfigTopicReader).start();
}

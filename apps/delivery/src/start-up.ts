import type { INestApplicationContext } from '@nestjs/common';
import { BatchingProducer, ConfigTopicReader, setUpTopics, type KafkaConnection } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { Readiness, type Log, type Metrics } from '@fleethook/observability';
import { Tiers } from './retry/tiers.js';

/** What deliveries need before the first one. Waits for Kafka as long as it takes. */
export async function startUp(
  app: INestApplicationContext,
  connection: KafkaConnection,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<void> {
  const { deliveries, attempts, dead, config } = TOPICS;
  const tiers = app.get(Tiers).all.map(({ topic }) => topic);
  const context = { log, metrics, readiness: app.get(Readiness) };
  await setUpTopics(connection, [deliveries, attempts, dead, config, ...tiers], context);
  await app.get(BatchingProducer).connect();
  // To the end, before the first delivery: a webhook that is not known yet looks as if it were deleted.
  await app.get(ConfigTopicReader).start();
}

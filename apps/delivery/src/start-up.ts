import type { INestApplicationContext } from '@nestjs/common';
import { BatchingProducer, ConfigTopicReader, listTopics, setUpTopics, type KafkaConnection } from '@fleethook/kafka';
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
  const tiers = app.get(Tiers);
  const context = { log, metrics, readiness: app.get(Readiness) };
  const own = tiers.scheduled.map(({ topic }) => topic);
  await setUpTopics(connection, [deliveries, attempts, dead, config, ...own], context);
  const adopted = tiers.adopt(await listTopics(connection, context)).map(({ label }) => label);
  if (adopted.length > 0)
    log.info({ event: 'retry.tiers_adopted', tiers: adopted }, 'tiers of an earlier schedule are read until they go');
  await app.get(BatchingProducer).connect();
  // To the end, before the first delivery: a webhook that is not known yet looks as if it were deleted.
  await app.get(ConfigTopicReader).start();
}

import type { INestApplicationContext } from '@nestjs/common';
import { ConfigTopicReader, setUpTopics, type KafkaConnection } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { Readiness, type Log, type Metrics } from '@fleethook/observability';
import { Database } from '@fleethook/store';
import { HistoryUpkeepJob } from './history-upkeep.job.js';

/** What the recorder needs before its first record. Waits for PostgreSQL and Kafka as long as it takes. */
export async function startUp(
  app: INestApplicationContext,
  connection: KafkaConnection,
  { log, metrics }: { log: Log; metrics: Metrics },
): Promise<void> {
  await app.get(Database).start();
  await app.get(HistoryUpkeepJob).run();
  const { events, attempts, dead, config } = TOPICS;
  await setUpTopics(connection, [events, attempts, dead, config], { log, metrics, readiness: app.get(Readiness) });
  // To the end, before the first event: one of a type that is not known yet would be passed over for good.
  await app.get(ConfigTopicReader).start();
}

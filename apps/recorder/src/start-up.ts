import type { INestApplicationContext } from '@nestjs/common';
import { setUpTopics, type KafkaConnection } from '@fleethook/kafka';
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
  await setUpTopics(connection, [TOPICS.attempts, TOPICS.dead], { log, metrics, readiness: app.get(Readiness) });
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  BatchingProducer,
  ConfigTopicReader,
  setUpTopics,
  type KafkaConnection,
  type KafkaContext,
} from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { IntakeConfiguration } from './intake-configuration.js';

/** What intake waits for before it takes events; health is answered meanwhile. */
export async function startUp(
  app: NestFastifyApplication,
  connection: KafkaConnection,
  context: KafkaContext,
): Promise<void> {
  await setUpTopics(connection, [TOPICS.events, TOPICS.config], context);
  await app.get(BatchingProducer).connect();
  await app.get(ConfigTopicReader).start();
  app.get(IntakeConfiguration).onLoaded();
}

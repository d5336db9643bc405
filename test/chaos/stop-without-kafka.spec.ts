import { expect, it } from '@jest/globals';
import { KafkaCluster } from '../support/kafka-cluster.js';
import { World } from '../support/world.js';

const APPS = ['ingest', 'router', 'delivery', 'recorder', 'api'] as const;

it('every app that is told to stop while Kafka is away ends within its time, and with 0', async () => {
  await using cluster = await KafkaCluster.start({ nodes: 1 });
  await using world = await World.create({
    apps: APPS.filter((app) => app !== 'api'),
    kafkaBrokers: cluster.brokers,
  });
  await cluster.kill(1);
  const codes = await Promise.all(APPS.map((app) => world.app(app).end('SIGTERM')));
  const overdue = APPS.flatMap((app) => world.app(app).events('app.stop_overdue'));
  expect([codes, overdue]).toEqual([APPS.map(() => 0), []]);
});

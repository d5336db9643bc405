import kafkajs from 'kafkajs';
import { describe, expect, it, jest } from '@jest/globals';
import { setUpTopics } from '@fleethook/kafka';
import { retryTopic, TOPICS } from '@fleethook/messages';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { KafkaRoom, topicSpec } from './kafka-room.js';

jest.setTimeout(60_000);

const ALL = [...Object.values(TOPICS), retryTopic(5_000), retryTopic(43_200_000)];

async function settingsOf(room: KafkaRoom, name: string): Promise<Record<string, string>> {
  const { resources } = await room.admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: room.prefix + name }],
  });
  return Object.fromEntries(
    (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
  );
}

describe('topic set-up on a real Kafka', () => {
  it('makes every topic of the table with its settings, also when several processes start at once', async () => {
    await using room = await KafkaRoom.open();
    await Promise.all([1, 2, 3].map(() => setUpTopics(room.connection(), ALL, room.context)));
    for (const spec of ALL) {
      const settings = await settingsOf(room, spec.name);
      expect(settings).toMatchObject(spec.settings);
      expect(settings['cleanup.policy']).toBe(spec.cleanup);
      expect(settings['min.insync.replicas']).toBe('1');
    }
    const { topics } = await room.admin.fetchTopicMetadata({ topics: ALL.map(({ name }) => room.prefix + name) });
    expect(Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual(
      Object.fromEntries(ALL.map(({ name, partitions }) => [room.prefix + name, partitions])),
    );
    expect(room.lines.filter(({ event }) => event === 'kafka.topic_drift')).toEqual([]);
  });

  it('reports what differs, loudly, and leaves it alone', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic('things', 3, { 'retention.ms': '60000' });
    await setUpTopics(room.connection(), [topicSpec('things'), topicSpec('others')], room.context);
    expect(room.lines.filter(({ event }) => event === 'kafka.topic_drift')).toMatchObject([
      {
        level: 50,
        topic: `${room.prefix}things`,
        differences: [
          { setting: 'partitions', wanted: '2', found: '3' },
          { setting: 'retention.ms', wanted: '3600000', found: '60000' },
        ],
      },
    ]);
    expect((await settingsOf(room, 'things'))['retention.ms']).toBe('60000');
  });

  it('waits for Kafka and says so', async () => {
    await using room = await KafkaRoom.open();
    const [host = '', port = ''] = (services().kafkaBrokers[0] ?? '').split(':');
    await using proxy = await TcpProxy.before({ host, port: Number(port) });
    proxy.mode = 'refuse';
    const done = setUpTopics(room.connection([`127.0.0.1:${proxy.port}`]), [topicSpec('things')], room.context);
    await eventually(() => expect(room.lines.some(({ event }) => event === 'kafka.topics_waiting')).toBe(true), {
      withinMs: 20_000,
    });
    proxy.mode = 'pass';
    await done;
    expect(await room.admin.listTopics()).toContain(`${room.prefix}things`);
  });
});

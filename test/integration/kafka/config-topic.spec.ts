import { describe, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import { ConfigTopicReader, OrderedProducer } from '@fleethook/kafka';
import { encodeConfig, encodeTombstone, TOPICS, type ConfigMessage, type WebhookConfig } from '@fleethook/messages';
import { DirectProducer } from '../../support/direct-producer.js';
import { eventually } from '../../support/eventually.js';
import { KafkaRoom } from './kafka-room.js';

jest.setTimeout(120_000);

/** Whoever has heard nothing for so long does not follow it. */
const MAX_SILENCE_MS = 5_000;

const organization = newOrganizationPrn();

function webhook(prn: Prn<'webhook'>, version: number): WebhookConfig {
  return {
    v: 1,
    kind: 'webhook',
    version,
    prn,
    organization,
    url: `https://receiver.example/${version}`,
    enabledEvents: [],
    state: 'enabled',
    secrets: [],
    lanes: 1,
  };
}

const webhooks = (count: number) => Array.from({ length: count }, () => newPrn(organization, 'webhook'));

/** What an app would hold, and what it was told on the way. */
class View {
  readonly versions = new Map<string, number>();
  readonly told: string[] = [];
  resets = 0;

  readonly onChange = (key: string, message: ConfigMessage): void => {
    this.versions.set(key, message.version);
    this.told.push(`${key} ${message.version}`);
  };
  readonly onRemove = (key: string): void => {
    this.versions.delete(key);
    this.told.push(`${key} removed`);
  };
  readonly onReset = (): void => {
    this.versions.clear();
    this.resets += 1;
  };
}

function writerIn(room: KafkaRoom): OrderedProducer {
  return room.closing(new OrderedProducer({ connection: room.connection(), topic: TOPICS.config.name }, room.context));
}

function readerIn(room: KafkaRoom, view: View, app = 'router', checkIntervalMs = 300): ConfigTopicReader {
  const { onChange, onRemove, onReset } = view;
  return room.closing(
    new ConfigTopicReader(
      { connection: room.connection(), app, onChange, onRemove, onReset, checkIntervalMs },
      room.context,
    ),
  );
}

const groupsOf = async (room: KafkaRoom) =>
  (await room.admin.listGroups()).groups
    .map(({ groupId }) => groupId)
    .filter((groupId) => groupId.startsWith(room.prefix));

describe('the configuration topic on a real Kafka', () => {
  it('is applied as a whole before start resolves, and followed from there', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a, b, c] = webhooks(3) as [Prn<'webhook'>, Prn<'webhook'>, Prn<'webhook'>];
    const writer = writerIn(room);
    await writer.publish([
      ...[1, 2, 3].map((version) => encodeConfig(webhook(a, version))),
      encodeConfig(webhook(b, 1)),
      encodeTombstone(b),
    ]);
    const view = new View();
    const reader = readerIn(room, view);
    expect((await room.context.readiness.reasons()).get('configuration')).toContain('being read');
    await reader.start();
    expect(Object.fromEntries(view.versions)).toEqual({ [a]: 3 });
    expect(await room.context.readiness.reasons()).toEqual(new Map());

    await writer.publish([encodeConfig(webhook(c, 1)), encodeTombstone(a)]);
    await eventually(() => expect(Object.fromEntries(view.versions)).toEqual({ [c]: 1 }), { withinMs: 30_000 });
    expect((await room.context.metrics.configRecords.get()).values).toMatchObject([
      { labels: { kind: 'webhook' }, value: 1 },
    ]);
    // There to be watched before anything is unreadable.
    expect(await room.context.metrics.registry.metrics()).toContain('fleethook_config_unreadable_total 0\n');
  });

  it('is followed again after the client has given up', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a, b] = webhooks(2) as [Prn<'webhook'>, Prn<'webhook'>];
    const writer = writerIn(room);
    const view = new View();
    await readerIn(room, view).start();
    // Of all that happens here only this is in a test's hands: an error that the client takes for final.
    const final = jest.spyOn(room.context.metrics.configUnreadable, 'inc').mockImplementationOnce(() => {
      throw new kafkajs.KafkaJSNonRetriableError('final');
    });
    await writer.publish([
      encodeConfig(webhook(a, 1)),
      { key: a, value: '{"v":99}', headers: {} },
      encodeConfig(webhook(b, 1)),
    ]);
    await eventually(() => expect(Object.fromEntries(view.versions)).toEqual({ [a]: 1, [b]: 1 }), { withinMs: 60_000 });
    expect(final.mock.calls.length).toBeGreaterThan(1);
    expect(await room.context.readiness.reasons()).toEqual(new Map());
  });

  it('is ready at once when empty', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const view = new View();
    await readerIn(room, view).start();
    expect(view.told).toEqual([]);
  });

  it('is followed however long nothing happens in it', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const reader = readerIn(room, new View(), 'api', 600_000);
    await reader.start();
    const startedAtMs = performance.now();
    await eventually(() => expect(performance.now() - startedAtMs).toBeGreaterThan(2 * MAX_SILENCE_MS), {
      withinMs: 60_000,
    });
    await eventually(() => expect(reader.isFollowing).toBe(true), { withinMs: 20_000 });
  });

  it('never goes back to an older version, and leaves out what it cannot read', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a, b] = webhooks(2) as [Prn<'webhook'>, Prn<'webhook'>];
    const writer = writerIn(room);
    await writer.publish([
      encodeConfig(webhook(a, 5)),
      encodeConfig(webhook(a, 4)),
      { key: b, value: '{"v":99}', headers: {} },
      encodeConfig(webhook(b, 1)),
    ]);
    const view = new View();
    await readerIn(room, view).start();
    expect(view.told).toEqual([`${a} 5`, `${b} 1`]);
    expect(await room.counterOf('configUnreadable')).toBe(1);
  });

  it('takes nothing away when a batch cannot be read, and has what lies behind it', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a, b] = webhooks(2) as [Prn<'webhook'>, Prn<'webhook'>];
    const writer = writerIn(room);
    await writer.publish([encodeConfig(webhook(a, 1))]);
    await using producer = await DirectProducer.to(room.prefix + TOPICS.config.name, 0);
    await producer.sendBomb(300);
    await writer.publish([encodeConfig(webhook(b, 1))]);
    const view = new View();
    await readerIn(room, view).start();
    expect(view.told).toEqual([`${a} 1`, `${b} 1`]);
    expect(await room.counterOf('configUnreadable')).toBe(1);
  });

  it('keeps its place when its group is joined again', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a] = webhooks(1) as [Prn<'webhook'>];
    const writer = writerIn(room);
    await writer.publish([1, 2, 3].map((version) => encodeConfig(webhook(a, version))));
    const view = new View();
    await readerIn(room, view).start();
    const [groupId = ''] = await groupsOf(room);
    // A stranger in the group makes all of it join again, once when it comes and once when it goes.
    const stranger = room.kafka.consumer({ groupId, sessionTimeout: 10_000, maxWaitTimeInMs: 100 });
    await stranger.connect();
    await stranger.subscribe({ topics: [room.prefix + TOPICS.config.name] });
    const joined = new Promise<void>((resolve) => void stranger.on(stranger.events.GROUP_JOIN, () => resolve()));
    await stranger.run({ eachMessage: async () => {} });
    await joined;
    await stranger.disconnect();
    await writer.publish([encodeConfig(webhook(a, 4))]);
    await eventually(() => expect(view.versions.get(a)).toBe(4), { withinMs: 30_000 });
    expect(view.told).toEqual([1, 2, 3, 4].map((version) => `${a} ${version}`));
    expect(view.resets).toBe(0);
  });

  it('is read anew when the topic was made anew, and swapped at once', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const [a, b] = webhooks(2) as [Prn<'webhook'>, Prn<'webhook'>];
    const first = new OrderedProducer({ connection: room.connection(), topic: TOPICS.config.name }, room.context);
    await first.publish([1, 2, 3].map((version) => encodeConfig(webhook(a, version))));
    await first.close();
    const view = new View();
    await readerIn(room, view).start();
    expect(Object.fromEntries(view.versions)).toEqual({ [a]: 3 });

    await room.admin.deleteTopics({ topics: [room.prefix + TOPICS.config.name] });
    await eventually(
      async () => expect(await room.admin.listTopics()).not.toContain(room.prefix + TOPICS.config.name),
      {
        withinMs: 30_000,
      },
    );
    await room.createTopic(TOPICS.config.name, 1);
    const writer = writerIn(room);
    await writer.publish([encodeConfig(webhook(b, 1))]);
    await eventually(() => expect(Object.fromEntries(view.versions)).toEqual({ [b]: 1 }), { withinMs: 60_000 });
    expect(view.resets).toBe(1);
    await writer.publish([encodeConfig(webhook(b, 2)), encodeConfig(webhook(a, 1))]);
    await eventually(() => expect(Object.fromEntries(view.versions)).toEqual({ [a]: 1, [b]: 2 }), { withinMs: 30_000 });
  });

  it('is complete after compaction: the latest of each key, and what was deleted stays deleted', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1, {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '100',
      'delete.retention.ms': '100',
    });
    const all = webhooks(20);
    const writer = writerIn(room);
    for (let version = 1; version <= 10; version += 1)
      await writer.publish(all.map((prn) => encodeConfig(webhook(prn, version))));
    await writer.publish(all.slice(0, 5).map((prn) => encodeTombstone(prn)));
    const wanted = Object.fromEntries(all.slice(5).map((prn) => [prn, 10]));
    let round = 0;
    await eventually(
      async () => {
        // The active segment is never cleaned: another record makes the next one.
        await writer.publish([encodeConfig(webhook(newPrn(organization, 'webhook'), 1))]);
        round += 1;
        const view = new View();
        const reader = readerIn(room, view, `round-${round}`);
        await reader.start();
        await reader.close();
        expect(Object.fromEntries([...view.versions].filter(([key]) => all.includes(key as Prn<'webhook'>)))).toEqual(
          wanted,
        );
        // 205 records were written; few of them are left once the cleaner was there.
        expect(view.told.length - round).toBeLessThan(60);
      },
      { withinMs: 90_000 },
    );
  });

  it('leaves no group behind', async () => {
    await using room = await KafkaRoom.open();
    await room.createTopic(TOPICS.config.name, 1);
    const reader = readerIn(room, new View());
    await reader.start();
    expect(await groupsOf(room)).toHaveLength(1);
    await reader.close();
    expect(await groupsOf(room)).toEqual([]);
  });
});

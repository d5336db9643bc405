import { describe, expect, it } from '@jest/globals';
import { KafkaError, RecordProducer, type OutgoingRecord, type RecordDone } from '@fleethook/kafka';
import { decodeEvent, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { EventOutbox } from '@fleethook/store';
import { EventRelay } from '../../../apps/api/src/outbox/event.relay.js';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { TopicTail } from '../../support/topic-tail.js';
import { ApiWorld } from './api-world.js';
import { madeKey } from './key-client.js';

interface CreatedEvent {
  prn: string;
  data: { data: { api_key_prn: string } };
}
const eventsOf = (tail: TopicTail): CreatedEvent[] =>
  tail.records.map((record) => JSON.parse(decodeEvent(record).body.toString('utf8')) as CreatedEvent);

describe('api_key.created', () => {
  it('goes out like any other event, for a key that was made and for no other', async () => {
    await using world = await ApiWorld.create();
    await using events = await world.kafka.tail(TOPICS.events.name);
    const maker = await madeKey(world, ['configure', 'read']);
    const reply = await world.call('POST', '/api-keys', { key: maker.key, body: { name: 'child', scopes: ['read'] } });
    const { prn } = (reply.json as { api_key: { prn: string } }).api_key;
    await world.call('POST', '/api-keys', { body: { name: 'refused', scopes: [] } });
    await eventually(() => expect(events.records).toHaveLength(2), { withinMs: 30_000 });
    const child = eventsOf(events).find((event) => event.data.data.api_key_prn === prn);
    expect(child).toEqual({
      version: 1,
      prn: expect.stringMatching(/:event:/),
      type: 'api_key',
      inserted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      data: {
        type: 'created',
        data: { api_key_prn: prn, creator_prn: maker.prn, api_key: { prn, name: 'child' } },
      },
    });
    const [record] = events.records;
    expect(record?.key?.toString()).toBe(maker.organization_prn);
  });

  it('waits while Kafka is away, and is the same event however often it has to be published', async () => {
    const [host = '', port = ''] = (services().kafkaBrokers[0] ?? '').split(':');
    await using proxy = await TcpProxy.before({ host, port: Number(port) });
    proxy.mode = 'refuse';
    await using world = await ApiWorld.create({
      environment: { KAFKA_BROKERS: `127.0.0.1:${proxy.port}` },
      waitForStart: false,
    });
    await using events = await world.kafka.tail(TOPICS.events.name);
    await eventually(async () => expect((await world.call('GET', '/users/me')).status).toBe(200), { withinMs: 20_000 });
    const keys = [await madeKey(world, ['read']), await madeKey(world, ['read'])];

    // Kafka takes them, and its answer is lost: all of it has to be done again.
    const outbox = world.app.get(EventOutbox);
    const producer = new Deaf();
    const log = createLog({ app: 'test', level: 'silent', format: 'json' });
    const relay = new EventRelay(outbox, producer, log, createMetrics());
    for (let round = 0; round < 3; round++) {
      relay.begin(() => true);
      await relay.idle();
    }
    expect(await outbox.count()).toBe(2);
    expect(producer.taken).toHaveLength(6);
    const prns = new Set(producer.taken.map(({ headers }) => headers['event']));
    expect(prns.size).toBe(2);

    proxy.mode = 'pass';
    await world.started;
    await eventually(() => expect(events.records.length).toBeGreaterThanOrEqual(2), { withinMs: 20_000 });
    await eventually(async () => expect(await outbox.count()).toBe(0), { withinMs: 30_000 });
    expect(new Set(eventsOf(events).map(({ prn }) => prn))).toEqual(prns);
    const told = eventsOf(events).map((event) => event.data.data.api_key_prn);
    expect([...new Set(told)].toSorted()).toEqual(keys.map(({ prn }) => prn).toSorted());
  });
});

class Deaf extends RecordProducer {
  readonly taken: OutgoingRecord[] = [];

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    this.taken.push(record);
    onDone(new KafkaError('KAFKA_UNAVAILABLE', 'as the test has it'));
  }
}

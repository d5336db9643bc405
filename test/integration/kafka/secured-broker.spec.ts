import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readAppSettings } from '@fleethook/config';
import { BatchingProducer, connectionOf, setUpTopics, type KafkaConnection } from '@fleethook/kafka';
import { certificates, type Certificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { KafkaCluster } from '../../support/kafka-cluster.js';
import { TopicTail } from '../../support/topic-tail.js';
import { KafkaRoom, topicSpec } from './kafka-room.js';

jest.setTimeout(90_000);

const USER = 'fleethook';
const PASSWORD = 'a-password-for-a-test';
const JAAS = 'org.apache.kafka.common.security';

/** For the listener of the clients alone. */
function ofClients(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`listener.name.client.${name}`, value]));
}

/** One node whose clients speak TLS and say who they are. */
function securedBroker({ server }: Certificates): Promise<KafkaCluster> {
  return KafkaCluster.start({
    nodes: 1,
    properties: {
      'listener.security.protocol.map': 'CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
      ...ofClients({
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.certificate.chain': server.cert,
        'ssl.keystore.key': server.key,
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'plain.sasl.jaas.config': `${JAAS}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
        'scram-sha-256.sasl.jaas.config': `${JAAS}.scram.ScramLoginModule required;`,
        'scram-sha-512.sasl.jaas.config': `${JAAS}.scram.ScramLoginModule required;`,
      }),
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${USER},password=${PASSWORD}]`,
    ]),
  });
}

describe('a broker that wants TLS and SASL', () => {
  let trust: Certificates;
  let broker: KafkaCluster;
  let room: KafkaRoom;
  const stack = new AsyncDisposableStack();

  beforeAll(async () => {
    trust = await certificates();
    broker = stack.use(await securedBroker(trust));
    room = stack.use(await KafkaRoom.open());
  });

  afterAll(() => stack.disposeAsync());

  /** As an app is told by its environment. */
  function connection(environment: Record<string, string>): KafkaConnection {
    const settings = readAppSettings('router', {
      KAFKA_BROKERS: broker.brokers.join(','),
      KAFKA_TOPIC_PREFIX: room.prefix,
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: trust.caFile,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: USER,
      KAFKA_SASL_PASSWORD: PASSWORD,
      ...environment,
    });
    return connectionOf(settings, 'test');
  }

  const REFUSED: [string, Record<string, string>, RegExp][] = [
    ['a wrong password', { KAFKA_SASL_PASSWORD: 'another' }, /SASL PLAIN authentication failed.*KAFKA_SASL/],
    [
      'a wrong password with SCRAM',
      { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_PASSWORD: 'another' },
      /SASL SCRAM SHA512 authentication failed.*KAFKA_SASL/,
    ],
    ['an authority that is not told', { KAFKA_SSL_CA_FILE: '' }, /certificate.*KAFKA_SSL_CA_FILE/],
  ];

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'takes what is written with %s, and gives it back',
    async (mechanism) => {
      const secured = connection({ KAFKA_SASL_MECHANISM: mechanism });
      const topic = `things-${mechanism}`;
      await setUpTopics(secured, [topicSpec(topic)], room.context);
      const producer = room.closing(new BatchingProducer({ connection: secured, maxQueuedBytes: 1_000 }, room.context));
      await producer.connect();
      await producer.send({ topic, key: 'k', value: 'sealed', headers: {} });
      await using tail = await TopicTail.of(topic, secured, room.context);
      await eventually(() => expect(tail.records.map(({ value }) => String(value))).toEqual(['sealed']), {
        withinMs: 20_000,
        explain: () => broker.explain(),
      });
    },
  );

  it.each(REFUSED)('refuses %s, which stops the start and says where to look', async (_, environment, words) => {
    const refused = connection(environment);
    const expected = { code: 'ACCESS_REFUSED', message: expect.stringMatching(words) as unknown };
    await expect(setUpTopics(refused, [topicSpec('things')], room.context)).rejects.toMatchObject(expected);
    const producer = new BatchingProducer({ connection: refused, maxQueuedBytes: 1_000 }, room.context);
    await expect(producer.connect()).rejects.toMatchObject(expected);
    await producer.close();
  });

  it('refuses a consumer that comes with a wrong password', async () => {
    const refused = connection({ KAFKA_SASL_PASSWORD: 'another' });
    await expect(TopicTail.of('things', refused, room.context)).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
  });

  it('never shows the password', () => {
    expect(JSON.stringify(room.lines)).not.toContain(PASSWORD);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import type { AppName } from '@fleethook/config';
import { setUpTopics } from '@fleethook/kafka';
import { retryTopic, TOPICS } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { accessOf, APP_NAMES } from '../../apps/doctor/src/access-table.js';
import { eventually } from '../support/eventually.js';
import { KafkaCluster } from '../support/kafka-cluster.js';
import { ok, Receiver, status } from '../support/receiver.js';
import { RunningProcess } from '../support/running-process.js';
import { World } from '../support/world.js';
import { plainKafka } from '../support/plain-kafka.js';

const TIMEOUT_MS = 240_000;
jest.setTimeout(TIMEOUT_MS);

const PASSWORD = 'a-password-for-a-test';
const PREFIX = `t${randomBytes(5).toString('hex')}.`;
const DELAYS_MS = [500, 1_000, 2_000];
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** A broker that allows nobody anything but the administrator, with a user for each app. */
function strictBroker(): Promise<KafkaCluster> {
  const users = ['admin', ...APP_NAMES].map((name) => `user_${name}="${PASSWORD}"`).join(' ');
  return KafkaCluster.start({
    nodes: 1,
    properties: {
      'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Of the listeners that only brokers use.
      'super.users': 'User:ANONYMOUS;User:admin',
      'listener.name.client.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
    },
  });
}

/** As docs/operations/secure.md has it, word by word. */
function aclsOf(app: AppName): AclEntry[] {
  const { reads, writes, groups, groupPrefixes } = accessOf(app, DELAYS_MS);
  const allow = (
    resourceType: kafkajs.AclResourceTypes,
    name: string,
    operation: kafkajs.AclOperationTypes,
    resourcePatternType = ResourcePatternTypes.LITERAL,
  ): AclEntry => ({
    resourceType,
    resourceName: `${PREFIX}${name}`,
    resourcePatternType,
    principal: `User:${app}`,
    host: '*',
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  });
  const { TOPIC, GROUP } = AclResourceTypes;
  const { READ, WRITE, DELETE, DESCRIBE_CONFIGS } = AclOperationTypes;
  return [
    ...reads.map(({ name }) => allow(TOPIC, name, READ)),
    ...writes.map(({ name }) => allow(TOPIC, name, WRITE)),
    ...[...reads, ...writes].map(({ name }) => allow(TOPIC, name, DESCRIBE_CONFIGS)),
    ...groups.map((name) => allow(GROUP, name, READ)),
    ...groupPrefixes.flatMap((name) =>
      [READ, DELETE].map((operation) => allow(GROUP, name, operation, ResourcePatternTypes.PREFIXED)),
    ),
  ];
}

describe('on a broker that allows each app what the table says and no more', () => {
  const stack = new AsyncDisposableStack();
  let broker: KafkaCluster;
  let receiver: Receiver;
  let world: World;
  let admin: Admin;

  beforeAll(async () => {
    broker = stack.use(await strictBroker());
    const sasl = { mechanism: 'plain', username: 'admin', password: PASSWORD } as const;
    const connection = {
      brokers: broker.brokers,
      clientId: 'test',
      prefix: PREFIX,
      replicationFactor: 1,
      sessionTimeoutMs: 10_000,
      sasl,
    };
    const context = {
      log: createLog({ app: 'test', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
      readiness: new Readiness(),
    };
    await setUpTopics(connection, [...Object.values(TOPICS), ...DELAYS_MS.map(retryTopic)], context);
    admin = plainKafka(broker.brokers, { sasl }).admin();
    await admin.connect();
    stack.defer(() => admin.disconnect());
    await admin.createAcls({ acl: APP_NAMES.flatMap(aclsOf) });
    receiver = await Receiver.listen();
    stack.defer(() => receiver.close());
    world = stack.use(
      await World.create({
        apps: APP_NAMES,
        kafkaBrokers: broker.brokers,
        environment: {
          KAFKA_TOPIC_PREFIX: PREFIX,
          KAFKA_SASL_MECHANISM: 'plain',
          KAFKA_SASL_PASSWORD: PASSWORD,
        },
        environmentOf: (app) => ({ KAFKA_SASL_USERNAME: app }),
      }),
    );
  });
  afterAll(() => stack.disposeAsync());

  async function doctor(app: AppName): Promise<{ code: number | null; output: string }> {
    await using examined = new RunningProcess(
      'the doctor',
      [process.execPath, 'dist/apps/doctor/src/main.js', '--as', app],
      { ...world.environment, KAFKA_SASL_USERNAME: app },
    );
    return { code: await examined.end(60_000), output: examined.output };
  }

  it('an event is delivered, retried and recorded, and can be replayed', async () => {
    const webhook = await world.createWebhook(receiver, '/strict');
    receiver.answer('/strict', [status(500), ok()]);
    const [prn] = (await world.ledger()).issue(1);
    if (prn === undefined) throw new Error('no name was issued');
    await world.post([prn]);
    const delivered = (times: number): Promise<void> =>
      eventually(
        () => expect(receiver.prns('/strict').filter((found) => found === prn).length).toBeGreaterThanOrEqual(times),
        { withinMs: 60_000, explain: () => world.explain() },
      );
    await delivered(2);
    await eventually(
      async () => {
        const list = await world.call<{ deliveries: { status: string }[] }>(
          'GET',
          `/webhooks/${webhook.prn}/deliveries`,
        );
        expect(list.body.deliveries).toMatchObject([{ status: 'delivered' }]);
      },
      { withinMs: 60_000, explain: () => world.explain() },
    );
    const from = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}Z`;
    expect((await world.call('POST', '/replays', { webhook_prn: webhook.prn, from })).status).toBe(201);
    await delivered(3);
  });

  it.each(APP_NAMES)('the doctor finds that %s may do all that it does', async (app) => {
    const { code, output } = await doctor(app);
    expect(output.split('\n').filter((line) => line.startsWith('fail') || line.startsWith('warn'))).toEqual([]);
    expect(code).toBe(0);
  });

  it('the doctor finds what an app may not do, and says which ACL is missing', async () => {
    const dead = `${PREFIX}${TOPICS.dead.name}`;
    await admin.deleteAcls({
      filters: [
        {
          resourceType: AclResourceTypes.TOPIC,
          resourceName: dead,
          resourcePatternType: ResourcePatternTypes.LITERAL,
          principal: 'User:router',
          host: '*',
          operation: AclOperationTypes.WRITE,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    });
    await eventually(
      async () => {
        const { code, output } = await doctor('router');
        expect(output).toContain(
          `router may not write ${dead}: kafka-acls.sh --add --allow-principal User:router --operation Write --topic ${dead}`,
        );
        expect(code).toBe(1);
      },
      { withinMs: 30_000 },
    );
  });
});

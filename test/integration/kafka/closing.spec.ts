import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { KafkaBatchServer, type KafkaError } from '@fleethook/kafka';
import { createMetrics, Readiness } from '@fleethook/observability';
import { eventually } from '../../support/eventually.js';
import { services } from '../../support/services.js';
import { ConsumerWorld, GROUP, TOPIC } from './consumer-world.js';

let world: ConsumerWorld;

beforeAll(async () => {
  world = await ConsumerWorld.create(2);
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 30_000);

describe('a batch server that is closed while it joins its group', () => {
  it.each([
    ['begins to', '"Starting"'],
    ['asks for the coordinator', '"Found group coordinator"'],
  ])(
    'and %s, neither fails the process nor is a member later on',
    async (_what, moment) => {
      const lines: string[] = [];
      const fatal: KafkaError[] = [];
      let closed: Promise<void> | undefined;
      const write = (line: string): void => {
        lines.push(line);
        if (line.includes(moment)) closed ??= server.close();
      };
      const server = new KafkaBatchServer(
        {
          connection: {
            brokers: services().kafkaBrokers,
            clientId: 'test',
            prefix: world.prefix,
            replicationFactor: 1,
            sessionTimeoutMs: 6_000,
          },
          groupId: GROUP,
          transportId: Symbol('test'),
          window: { maxRecords: 100, maxBytes: 1_048_576, maxSpan: 1_000 },
          handoverGraceMs: 0,
          drainTimeoutMs: 1_000,
          onFatal: (error) => fatal.push(error),
        },
        { log: pino({ level: 'trace' }, { write }), metrics: createMetrics(), readiness: new Readiness() },
      );
      server.addHandler(TOPIC, async () => {}, true);
      void server.listen(() => undefined);
      // What the client goes on with comes to an end, one way or the other.
      await eventually(() => expect(lines.join('')).toMatch(/Consumer has joined the group|kafka\.consumer_crashed/), {
        withinMs: 30_000,
        explain: () => lines.join(''),
      });
      await closed;
      expect(lines.filter((line) => line.includes('"restarts":true'))).toEqual([]);
      await eventually(
        async () => {
          const { groups } = await world.admin.describeGroups([world.groupId]);
          expect(groups[0]?.members).toEqual([]);
        },
        { withinMs: 4_000, explain: () => lines.join('') },
      );
      expect(fatal).toEqual([]);
    },
    60_000,
  );
});

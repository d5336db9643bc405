import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { Client } from 'pg';
import { findInfrastructure, type Infrastructure, type InfrastructureOptions } from '@fleethook/infrastructure';
import { eventually } from '../../support/eventually.js';
import { plainKafka } from '../../support/plain-kafka.js';

const BACK_WITHIN_MS = 60_000;
const TOPIC = 'kept';

export interface SourceUnderTest {
  readonly source: InfrastructureOptions['source'];
  readonly given?: Pick<InfrastructureOptions, 'kafkaBrokers' | 'databaseUrl'>;
  /** We started it: so it is ours to stop, to kill, and to find again. */
  readonly isOurs: boolean;
  /** What the source keeps outside the data folder. */
  readonly cleanUp?: (deployment: string) => Promise<void>;
}

/** What the code above counts on, wherever Kafka and PostgreSQL come from. */
export function infrastructureContract({ source, given = {}, isOurs, cleanUp }: SourceUnderTest): void {
  let dataDir: string;
  let infrastructure: Infrastructure;
  const said: string[] = [];
  const find = (): Promise<Infrastructure> =>
    findInfrastructure({ source, dataDir, ...given, say: (sentence) => said.push(sentence) });

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'fleethook-infrastructure-'));
    infrastructure = await find();
  });

  afterAll(async () => {
    await infrastructure.stop();
    const state = JSON.parse(await readFile(path.join(dataDir, 'infrastructure.json'), 'utf8')) as {
      deployment: string;
    };
    await cleanUp?.(state.deployment);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says where the services come from', () => {
    expect(infrastructure.sources).toEqual({ kafka: source, postgres: source });
  });

  it('gives a Kafka that takes a record and gives it back, and makes no topic unasked', async () => {
    const topic = `t${Date.now()}.contract`;
    await createTopic(infrastructure, topic);
    await produce(infrastructure, topic, 'first');
    expect(await consume(infrastructure, topic)).toEqual(['first']);
    await expect(produce(infrastructure, `${topic}.unasked`, 'nothing')).rejects.toThrow(
      'This server does not host this topic-partition',
    );
  });

  it('gives a PostgreSQL whose user may make databases', async () => {
    const [row] = await query(
      infrastructure,
      `SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = user`,
    );
    expect(row).toEqual({ may: true });
  });

  if (!isOurs) {
    it('has no process ids, and leaves the services alone when it stops', async () => {
      expect(infrastructure.pids()).toEqual({});
      await infrastructure.stop();
      expect(await query(infrastructure, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
    return;
  }

  it('gives a PostgreSQL that sorts alike, wherever it runs', async () => {
    expect(await query(infrastructure, `SELECT 'B' < 'a' AS by_code_point`)).toEqual([{ by_code_point: true }]);
  });

  it('starts again what is killed, on the same address and with its data', async () => {
    await createTopic(infrastructure, TOPIC);
    await produce(infrastructure, TOPIC, 'before the kill');
    await query(infrastructure, 'CREATE TABLE kept (id int)');
    const before = infrastructure.pids();
    // An engine in a virtual machine does not tell process ids of this one.
    const pids = Object.values(before);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await eventually(
      async () => {
        expect(Object.values(infrastructure.pids()).filter((pid) => pids.includes(pid))).toEqual([]);
        expect(await consume(infrastructure, TOPIC)).toEqual(['before the kill']);
        expect(await query(infrastructure, 'SELECT * FROM kept')).toEqual([]);
      },
      { withinMs: BACK_WITHIN_MS, explain: () => said.join('\n') },
    );
  });

  it('leaves nothing running, and finds everything again at the next start, at the same addresses', async () => {
    const { kafkaBrokers, databaseUrl } = infrastructure;
    const pids = Object.values(infrastructure.pids());
    await infrastructure.stop();
    expect(infrastructure.pids()).toEqual({});
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');

    infrastructure = await find();
    expect(infrastructure).toMatchObject({ kafkaBrokers, databaseUrl });
    expect(await consume(infrastructure, TOPIC)).toEqual(['before the kill']);
    expect(await query(infrastructure, 'SELECT * FROM kept')).toEqual([]);
  });

  describe('when it is told to stop while it starts', () => {
    it('leaves nothing behind', async () => {
      await infrastructure.stop();
      const aborting = new AbortController();
      const starting = findInfrastructure(
        { source, dataDir, say: () => setTimeout(() => aborting.abort(), 500) },
        aborting.signal,
      );
      await expect(starting).rejects.toMatchObject({ code: 'START_ABORTED' });
      infrastructure = await find();
      expect(await query(infrastructure, 'SELECT * FROM kept')).toEqual([]);
    });
  });
}

function client({ kafkaBrokers }: Infrastructure): Kafka {
  return plainKafka(kafkaBrokers, {
    clientId: 'contract',
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000 },
  });
}

async function createTopic(infrastructure: Infrastructure, topic: string): Promise<void> {
  const admin = client(infrastructure).admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
  } finally {
    await admin.disconnect();
  }
}

async function produce(infrastructure: Infrastructure, topic: string, value: string): Promise<void> {
  const producer = client(infrastructure).producer({ allowAutoTopicCreation: true, retry: { retries: 2 } });
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ value }] });
  } finally {
    await producer.disconnect();
  }
}

/** Everything in the topic. */
async function consume(infrastructure: Infrastructure, topic: string): Promise<string[]> {
  const kafka = client(infrastructure);
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `contract-${Date.now()}-${Math.random()}` });
  await admin.connect();
  await consumer.connect();
  try {
    // A broker that has just started answers before it leads its partitions.
    const [end] = await eventually(() => admin.fetchTopicOffsets(topic), { withinMs: BACK_WITHIN_MS });
    const wanted = Number(end?.high ?? 0);
    const values: string[] = [];
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (wanted === 0) resolve();
      consumer
        .run({
          eachMessage: ({ message }) => {
            values.push(message.value?.toString('utf8') ?? '');
            if (values.length >= wanted) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
}

async function query({ databaseUrl }: Infrastructure, sql: string): Promise<unknown[]> {
  const connection = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  connection.on('error', () => undefined);
  await connection.connect();
  try {
    return (await connection.query(sql)).rows as unknown[];
  } finally {
    await connection.end();
  }
}

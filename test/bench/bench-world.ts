import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEventName, type EventName, type Prn } from '@fleethook/events';
import {
  BatchingProducer,
  OrderedProducer,
  setUpTopics,
  type KafkaConnection,
  type KafkaContext,
} from '@fleethook/kafka';
import {
  encodeConfig,
  hashApiKey,
  retryTopic,
  SecretSealer,
  TOPICS,
  type RecordToSend,
  type TopicSpec,
} from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { NODE_FLAGS, type AppName } from '@fleethook/config';
import { BENCH_ORGANIZATION } from './bodies.js';
import { cpuSecondsOf, residentBytesOf } from '../support/process-usage.js';

/** Where the CPU of a delivery is measured: as many in flight as the reference has connections. */
export const AS_MANY_AS_THE_REFERENCE = { DELIVERY_CONCURRENCY: '50' };
export const BENCH_API_KEY = 'fhk_bench-key-that-only-lives-for-a-run-000000';
const SCHEDULE_MS = [
  5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 43_200_000,
];
const BENCH_EVENT = parseEventName('device.claimed_release');

/** One app under measurement: a process as in production, with its log in a file. */
export interface BenchApp {
  readonly name: AppName;
  readonly child: ChildProcess;
  readonly url: string;
}

export interface WebhookSettings {
  readonly pathOf?: (index: number) => string;
  readonly eventOf?: (index: number) => EventName;
  readonly filterOf?: (index: number) => object;
}

/** Topics of its own on the given cluster, configuration written straight to Kafka, and the apps that a figure needs. */
export class BenchWorld implements AsyncDisposable {
  readonly apps: BenchApp[] = [];
  readonly #secretsKey = randomBytes(32).toString('base64');
  readonly #prefix = `bench-${randomUUID().slice(0, 8)}.`;
  readonly #context: KafkaContext = {
    log: createLog({ app: 'bench', level: 'warn', format: 'json' }),
    metrics: createMetrics(),
    readiness: new Readiness(),
  };

  private constructor(
    private readonly services: { kafkaBrokers: readonly string[]; databaseUrl: string },
    private readonly logFolder: string,
    private readonly profiles: boolean,
  ) {}

  static async create(
    services: { kafkaBrokers: readonly string[]; databaseUrl: string },
    logFolder: string,
    profiles = false,
  ): Promise<BenchWorld> {
    const world = new BenchWorld(services, logFolder, profiles);
    const topics: TopicSpec[] = [...Object.values(TOPICS), ...SCHEDULE_MS.map(retryTopic)];
    await setUpTopics(world.connection, topics, world.#context);
    return world;
  }

  get connection(): KafkaConnection {
    return {
      brokers: this.services.kafkaBrokers,
      clientId: 'bench',
      prefix: this.#prefix,
      replicationFactor: 1,
      sessionTimeoutMs: 30_000,
    };
  }

  /** An API key for the intake, and webhooks that are subscribed to the bench's event. */
  async configure(webhooks: number, url: string, settings: WebhookSettings = {}): Promise<Prn<'webhook'>[]> {
    const { pathOf = () => '/hook', eventOf = () => BENCH_EVENT, filterOf } = settings;
    const { sealer } = this;
    const prns = Array.from(
      { length: webhooks },
      () => `${BENCH_ORGANIZATION}:webhook:${randomUUID()}` as Prn<'webhook'>,
    );
    const organization = BENCH_ORGANIZATION as Prn<'organization'>;
    const records: RecordToSend[] = [
      encodeConfig({
        v: 1,
        kind: 'api_key',
        version: 1,
        prn: `${BENCH_ORGANIZATION}:api_key:${randomUUID()}` as Prn<'api_key'>,
        organization,
        hash: hashApiKey(BENCH_API_KEY),
        scopes: ['publish'],
      }),
      ...prns.map((prn, index) =>
        encodeConfig({
          v: 1,
          kind: 'webhook',
          version: 1,
          prn,
          organization,
          url: `${url}${pathOf(index)}`,
          enabledEvents: [eventOf(index)],
          state: 'enabled',
          secrets: [{ sealed: sealer.seal(randomBytes(16), prn) }],
          lanes: 1,
          ...(filterOf === undefined ? {} : { filter: filterOf(index) }),
        }),
      ),
    ];
    await this.publishConfiguration(records);
    return prns;
  }

  /** In order, in batches as small as the outbox relay writes them. */
  async publishConfiguration(records: readonly RecordToSend[]): Promise<void> {
    const producer = new OrderedProducer({ connection: this.connection, topic: TOPICS.config.name }, this.#context);
    for (let index = 0; index < records.length; index += 50) await producer.publish(records.slice(index, index + 50));
    await producer.close();
  }

  /** Seals as the apps of this world open. */
  get sealer(): SecretSealer {
    return new SecretSealer([this.#secretsKey]);
  }

  /** Writes records straight to a topic, as fast as the cluster takes them. */
  async produce(topic: string, records: Iterable<RecordToSend>): Promise<void> {
    const producer = new BatchingProducer(
      { connection: this.connection, maxQueuedBytes: 64 * 1_048_576 },
      this.#context,
    );
    await producer.connect();
    const open = new Set<Promise<void>>();
    for (const record of records) {
      const sent = producer.send({ ...record, topic }).then(() => void open.delete(sent));
      open.add(sent);
      if (open.size >= 20_000) await Promise.race(open);
    }
    await Promise.all(open);
    await producer.close();
  }

  async start(name: AppName, caFile: string, environment: Readonly<Record<string, string>> = {}): Promise<BenchApp> {
    const log = openSync(join(this.logFolder, `${name}.log`), 'a');
    const child = fork(fileURLToPath(new URL(`../../apps/${name}/src/main.js`, import.meta.url)), [], {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: this.profiles
        ? [...NODE_FLAGS, '--cpu-prof', `--cpu-prof-dir=${this.logFolder}`, `--cpu-prof-name=${name}.cpuprofile`]
        : [...NODE_FLAGS],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        KAFKA_BROKERS: this.services.kafkaBrokers.join(','),
        KAFKA_TOPIC_PREFIX: this.#prefix,
        DATABASE_URL: this.services.databaseUrl,
        SECRETS_KEY: this.#secretsKey,
        EGRESS_ALLOW_CIDRS: '127.0.0.0/8,::1/128',
        EGRESS_CA_FILE: caFile,
        [`${name.toUpperCase()}_PORT`]: '0',
        API_RATE: '0',
        LOG_FORMAT: 'json',
        ...environment,
      },
    });
    const [message] = (await once(child, 'message')) as [{ url: string }];
    const app = { name, child, url: message.url };
    this.apps.push(app);
    await until(async () => (await fetch(`${app.url}/health/ready`)).ok, 60_000, `${name} is ready`);
    return app;
  }

  app(name: AppName): BenchApp {
    const found = this.apps.find((app) => app.name === name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  }

  cpuSeconds(): number {
    return Object.values(this.cpuSecondsBy()).reduce((sum, seconds) => sum + seconds, 0);
  }

  cpuSecondsBy(): Record<string, number> {
    return Object.fromEntries(this.apps.map(({ name, child }) => [name, cpuSecondsOf(child.pid ?? 0)]));
  }

  residentBytes(name: AppName): number {
    const app = this.apps.find((candidate) => candidate.name === name);
    return app === undefined ? 0 : residentBytesOf(app.child.pid ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.apps.map(async ({ child }) => {
        if (child.exitCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }),
    );
  }
}

export async function until(
  condition: () => Promise<boolean>,
  withinMs: number,
  what: string,
  everyMs = 20,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

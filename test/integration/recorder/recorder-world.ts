import { readAppSettings } from '@fleethook/config';
import {
  encodeAttempt,
  encodeConfig,
  encodeDeadDelivery,
  encodeEvent,
  TOPICS,
  type AttemptMessage,
  type ConfigMessage,
  type DeadDelivery,
  type EventMessage,
} from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { RecorderModule } from '../../../apps/recorder/src/recorder.module.js';
import { EVENTS_SERVER } from '../../../apps/recorder/src/recorder-lifecycle.js';
import { startUp } from '../../../apps/recorder/src/start-up.js';
import { KafkaNamespace } from '../../support/kafka-namespace.js';
import { RunningApp } from '../../support/running-app.js';
import { ScratchDatabase } from '../../support/scratch-database.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** Topics and a database of its own, a network between recorder and PostgreSQL that can fail, and recorders when a test starts them. */
export class RecorderWorld implements AsyncDisposable {
  readonly #recorders: RunningApp[] = [];

  private constructor(
    readonly kafka: KafkaNamespace,
    readonly database: ScratchDatabase,
    readonly network: TcpProxy,
  ) {}

  static async create(): Promise<RecorderWorld> {
    const database = await ScratchDatabase.create();
    const { hostname, port } = new URL(database.url);
    const network = await TcpProxy.before({ host: hostname, port: Number(port) });
    return new RecorderWorld(
      await KafkaNamespace.create([TOPICS.attempts, TOPICS.dead, TOPICS.events, TOPICS.config]),
      database,
      network,
    );
  }

  async start(): Promise<RunningApp> {
    const settings = readAppSettings('recorder', {
      ...this.kafka.environment,
      DATABASE_URL: this.network.through(this.database.url),
      FLEETHOOK_DRAIN_TIMEOUT: '10s',
    });
    const context = {
      log: createLog({ app: 'recorder', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
    };
    const { connection } = this.kafka;
    const recorder = await RunningApp.start(
      RecorderModule.for(settings, connection, context),
      (app) => startUp(app, connection, context),
      [EVENTS_SERVER],
    );
    this.#recorders.push(recorder);
    return recorder;
  }

  async record(...attempts: AttemptMessage[]): Promise<void> {
    await Promise.all(
      attempts.map((attempt) => this.kafka.producer.send({ topic: TOPICS.attempts.name, ...encodeAttempt(attempt) })),
    );
  }

  async bury(dead: DeadDelivery): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.dead.name, ...encodeDeadDelivery(dead) });
  }

  /** As intake writes them, in order. */
  async accept(...events: EventMessage[]): Promise<void> {
    await Promise.all(
      events.map((event) => this.kafka.producer.send({ topic: TOPICS.events.name, ...encodeEvent(event, undefined) })),
    );
  }

  /** As a producer writes that goes past the intake. */
  async produce(value: string, headers: Record<string, string>): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.events.name, key: 'k', value, headers });
  }

  async configure(message: ConfigMessage): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(message) });
  }

  /** Event UUIDs by row, repeats included. */
  async events(): Promise<string[]> {
    const rows = await this.database.query<{ event: string }>('SELECT event FROM events');
    return rows.map(({ event }) => event);
  }

  async write(topic: 'attempts' | 'dead', value: string): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS[topic].name, key: 'k', value, headers: {} });
  }

  /** Delivery ids by row, repeats included. */
  async attempts(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>('SELECT delivery_id AS id FROM attempts');
    return rows.map(({ id }) => id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.network.mode = 'pass';
    for (const recorder of this.#recorders) await recorder.stop();
    await this.kafka[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}

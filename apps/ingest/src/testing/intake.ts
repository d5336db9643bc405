import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readAppSettings } from '@fleethook/config';
import { newOrganizationPrn, newPrn, type FieldErrors } from '@fleethook/events';
import {
  BatchingProducer,
  ConfigTopicReader,
  KafkaError,
  RecordProducer,
  type OutgoingRecord,
  type RecordDone,
} from '@fleethook/kafka';
import { configKey, hashApiKey, type ApiKeyConfig, type ConfigMessage } from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { CLIENT_LIMITS } from '@fleethook/service';
import { IntakeHttpAdapter } from '../http/intake-http-adapter.js';
import { logRequests } from '../http/request-log.js';
import { IngestModule } from '../ingest.module.js';
import { IntakeConfiguration } from '../intake-configuration.js';

export const KEY = 'fhk_the-key-of-this-test';
export const organization = newOrganizationPrn();
export const device = newPrn(organization, 'device');

/** Stands in for Kafka: keeps what it acknowledged, and answers as it is told to. */
export class FakeProducer extends RecordProducer {
  readonly records: OutgoingRecord[] = [];
  readonly held: RecordDone[] = [];
  /** undefined = acknowledge. */
  answer: (record: OutgoingRecord) => KafkaError | 'later' | undefined = () => undefined;

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    const answer = this.answer(record);
    if (answer === 'later') {
      this.held.push(onDone);
      return;
    }
    if (answer === undefined) this.records.push(record);
    onDone(answer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly accepted?: number;
    readonly events?: readonly { index: number; prn: string }[];
    readonly rejected?: readonly { index: number; errors: FieldErrors }[];
    readonly errors?: { detail: string };
  };
}

const log = createLog({ app: 'ingest', level: 'silent', format: 'json' });
const apps: NestFastifyApplication[] = [];

/** After each test. */
export async function closeIntakes(): Promise<void> {
  await Promise.all(apps.splice(0).map((app) => app.close()));
}

/** The app as it is, over a Kafka that is not there. */
export class Intake {
  readonly kafka = new FakeProducer();
  readonly metrics = createMetrics();

  private constructor(readonly app: { value?: NestFastifyApplication }) {}

  static async start(
    environment: Record<string, string> = {},
    isLoaded = true,
    limits = CLIENT_LIMITS,
  ): Promise<Intake> {
    const intake = new Intake({});
    const context = { log, metrics: intake.metrics };
    const module = await Test.createTestingModule({
      imports: [IngestModule.for(readAppSettings('ingest', environment), context)],
    })
      .overrideProvider(BatchingProducer)
      .useValue(intake.kafka)
      .overrideProvider(ConfigTopicReader)
      .useValue({ close: () => Promise.resolve() })
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new IntakeHttpAdapter(limits));
    app.useLogger(false);
    logRequests(app, context);
    apps.push(app);
    await app.init();
    intake.app.value = app;
    intake.configure(apiKey());
    if (isLoaded) app.get(IntakeConfiguration).onLoaded();
    return intake;
  }

  configure(message: ConfigMessage): void {
    this.app.value?.get(IntakeConfiguration).onChange(configKey(message), message);
  }

  async post(body: Buffer | string | undefined, headers: Record<string, string> = {}): Promise<Reply> {
    if (this.app.value === undefined) throw new Error('not started');
    const reply = await this.app.value.inject({
      method: 'POST',
      url: '/v1/events',
      headers: { authorization: `Token ${KEY}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    if (reply.headers['peridio-request-id'] === undefined || reply.statusCode === 500)
      throw new Error(`${reply.statusCode} ${JSON.stringify(reply.headers)} ${reply.body}`);
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  }

  lines(body: Buffer | string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.post(body, { 'content-type': 'application/x-ndjson', ...headers });
  }
}

export function apiKey(changes: Partial<ApiKeyConfig> = {}): ApiKeyConfig {
  return {
    v: 1,
    kind: 'api_key',
    version: 1,
    prn: newPrn(organization, 'api_key'),
    organization,
    hash: hashApiKey(KEY),
    scopes: ['publish'],
    ...changes,
  };
}

export const event = (payload: object = {}, rest: object = {}): object => ({
  type: 'device',
  data: { type: 'connected', data: { device: { prn: device }, ...payload } },
  ...rest,
});
export const text = (payload?: object, rest?: object): string => JSON.stringify(event(payload, rest));
export const unavailable = new KafkaError('KAFKA_UNAVAILABLE', 'test');

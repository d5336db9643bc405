import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readAppSettings } from '@fleethook/config';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { connectionOf } from '@fleethook/kafka';
import { encodeConfig, encodeTombstone, hashApiKey, newApiKey, TOPICS, type ApiKeyConfig } from '@fleethook/messages';
import { createMetrics, Readiness } from '@fleethook/observability';
import { CLIENT_LIMITS } from '@fleethook/service';
import { IntakeHttpAdapter } from '../../../apps/ingest/src/http/intake-http-adapter.js';
import { logRequests } from '../../../apps/ingest/src/http/request-log.js';
import { INGEST_CLIENT_ID, IngestModule } from '../../../apps/ingest/src/ingest.module.js';
import { startUp } from '../../../apps/ingest/src/start-up.js';
import { KafkaNamespace } from '../../support/kafka-namespace.js';
import { keptLog } from '../../support/kept-log.js';

/** An intake that listens on a port, on topics of its own. */
export class IntakeWorld implements AsyncDisposable {
  readonly organization = newOrganizationPrn();
  readonly key = newApiKey();

  private constructor(
    readonly kafka: KafkaNamespace,
    private readonly app: NestFastifyApplication,
    readonly port: number,
    readonly logLines: readonly string[],
  ) {}

  /** @param environment further settings */
  static async create(environment: Record<string, string> = {}, limits = CLIENT_LIMITS): Promise<IntakeWorld> {
    return IntakeWorld.on(await KafkaNamespace.create([TOPICS.events, TOPICS.config]), environment, limits);
  }

  /** Beside others, on their topics, which are closed with this one. */
  static async on(
    kafka: KafkaNamespace,
    environment: Record<string, string> = {},
    limits = CLIENT_LIMITS,
  ): Promise<IntakeWorld> {
    const settings = readAppSettings('ingest', { ...kafka.environment, ...environment });
    const logLines: string[] = [];
    const context = { log: keptLog(logLines), metrics: createMetrics() };
    const app = await NestFactory.create<NestFastifyApplication>(
      IngestModule.for(settings, context),
      new IntakeHttpAdapter(limits),
      { logger: false },
    );
    logRequests(app, context);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const world = new IntakeWorld(kafka, app, port, logLines);
    // Before it reads the configuration: what is written later need not have arrived when it is ready.
    await world.allow(world.key);
    await startUp(app, connectionOf(settings, INGEST_CLIENT_ID), { ...context, readiness: app.get(Readiness) });
    return world;
  }

  /** @returns what `revoke` takes */
  async allow(key: string, changes: Partial<ApiKeyConfig> = {}): Promise<ApiKeyConfig> {
    const config: ApiKeyConfig = {
      v: 1,
      kind: 'api_key',
      version: 1,
      prn: newPrn(this.organization, 'api_key'),
      organization: this.organization,
      hash: hashApiKey(key),
      scopes: ['publish'],
      ...changes,
    };
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(config) });
    return config;
  }

  async revoke(key: ApiKeyConfig): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeTombstone(key.prn) });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  post(body: string | Buffer, options: { key?: string; type?: string; encoding?: string } = {}): Promise<Response> {
    const { key = this.key, type = 'application/json', encoding } = options;
    return fetch(`${this.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Token ${key}`,
        'content-type': type,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  }

  event(payload: object = {}, rest: object = {}): object {
    return {
      type: 'device',
      data: { type: 'connected', data: { device: { prn: newPrn(this.organization, 'device') }, ...payload } },
      ...rest,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await this.kafka[Symbol.asyncDispose]();
  }
}

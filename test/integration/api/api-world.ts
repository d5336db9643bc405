import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readAppSettings } from '@fleethook/config';
import type { Prn } from '@fleethook/events';
import { API_KEY_SCOPES, hashApiKey, newApiKey, SecretSealer, TOPICS } from '@fleethook/messages';
import { createMetrics } from '@fleethook/observability';
import { Database } from '@fleethook/store';
import { apiService } from '../../../apps/api/src/api-service.js';
import { ServedDocument } from '../../../apps/api/src/openapi/served-document.js';
import { certificates } from '../../support/certificates.js';
import { KafkaNamespace } from '../../support/kafka-namespace.js';
import { keptLog } from '../../support/kept-log.js';
import { ScratchDatabase } from '../../support/scratch-database.js';
import { ConfigurationView } from './configuration-view.js';
import { DocumentCheck } from './document-check.js';
import type { Reply } from './reply.js';

export type { Reply };

const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Call {
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** As it is, instead of `body`. */
  readonly text?: string | Buffer;
}

export interface ApiWorldOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** PostgreSQL as the app is to reach it, e.g. through a proxy. */
  readonly databaseUrl?: (url: string) => string;
  /** Start without waiting for what the app waits for. */
  readonly waitForStart?: boolean;
}

/** The Admin API on a database, a topic prefix and a port of its own, called as a client calls it. */
export class ApiWorld implements AsyncDisposable {
  readonly key = newApiKey();
  readonly logLines: string[] = [];
  /** Every route that an app has registered, as Fastify knows them. */
  readonly routes = new Map<string, { method: string; url: string }>();
  readonly started: Promise<void>;
  readonly #apps: NestFastifyApplication[];
  #document: DocumentCheck | undefined;

  private constructor(
    readonly database: ScratchDatabase,
    readonly kafka: KafkaNamespace,
    readonly secretsKey: string,
    private readonly environment: Readonly<Record<string, string>>,
    apps: NestFastifyApplication[],
    start: (world: ApiWorld) => Promise<void>,
  ) {
    this.#apps = apps;
    this.started = start(this);
  }

  static async create(options: ApiWorldOptions = {}): Promise<ApiWorld> {
    const database = await ScratchDatabase.create();
    const kafka = await KafkaNamespace.create([TOPICS.config, TOPICS.events, TOPICS.deliveries, TOPICS.attempts]);
    const secretsKey = randomBytes(32).toString('base64');
    const { caFile } = await certificates();
    const environment = {
      ...kafka.environment,
      DATABASE_URL: options.databaseUrl?.(database.url) ?? database.url,
      SECRETS_KEY: secretsKey,
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      EGRESS_CA_FILE: caFile,
      API_PORT: '0',
      API_RATE: '0',
      CONSOLE_DIR: '/nonexistent',
      API_ANONYMOUS_RATE: '0',
      FLEETHOOK_DRAIN_TIMEOUT: '2s',
      ...options.environment,
    };
    const world = new ApiWorld(database, kafka, secretsKey, environment, [], (made) => made.startApp());
    if (options.waitForStart === false) world.started.catch(() => undefined);
    else await world.started;
    return world;
  }

  /** One more process, as it were, on the same database and topics. @param environment over the world's */
  async startApp(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = readAppSettings('api', { ...this.environment, FLEETHOOK_API_KEY: this.key, ...environment });
    const options = apiService(settings, { log: keptLog(this.logLines), metrics: createMetrics() });
    const app = await NestFactory.create<NestFastifyApplication>(
      options.module,
      options.adapter ?? fail('the API has an adapter of its own'),
      { logger: false },
    );
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) this.routes.set(`${one} ${url}`, { method: one, url });
      });
    options.configure?.(app);
    for (const strategy of options.strategies?.(app) ?? [])
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.init();
    await app.listen(0, '127.0.0.1');
    this.#apps.push(app);
    await options.startUp?.(app);
    await app.startAllMicroservices();
  }

  get app(): NestFastifyApplication {
    return this.#apps[0] ?? fail('no app was started');
  }

  /** Of the app as it runs, so that a route added in a test's own copy is known, too. */
  get document(): DocumentCheck {
    return (this.#document ??= new DocumentCheck(this.app.get(ServedDocument).reading.document));
  }

  /** As on SIGTERM: the first that was started. */
  async stopApp(): Promise<void> {
    await this.#apps.shift()?.close();
  }

  /**
   * Raw HTTP: only what is given is sent, no content type and no length of its own making. Every reply must bear its request's id and be
   * one that the API's document has for the operation.
   */
  call(method: string, path: string, call: Call = {}): Promise<Reply> {
    const text = call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    const key = 'key' in call ? call.key : this.key;
    const headers: Record<string, string> = {
      ...(key === undefined ? {} : { authorization: `Token ${key}` }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      ...call.headers,
    };
    const { port } = this.app.getHttpServer().address() as { port: number };
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          // A stream never ends by itself: its first event is all that is read of it here.
          if (isStream(response.headers) && Buffer.concat(chunks).includes('data: ')) response.destroy();
        });
        response.on('close', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          if (!REQUEST_ID.test(String(response.headers['peridio-request-id']))) {
            reject(new Error(`the reply to ${method} ${path} bears no peridio-request-id`));
            return;
          }
          const reply = {
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: body,
            json: isJson(response.headers) && body !== '' ? (JSON.parse(body) as unknown) : undefined,
          };
          const fault = this.document.faultOf(method, path, reply);
          if (fault === undefined) resolve(reply);
          else reject(new Error(`${method} ${path} answered what its document does not say: ${fault}\n${body}`));
        });
        response.on('error', reject);
      });
      request.on('error', reject);
      request.removeHeader('transfer-encoding');
      if (text === undefined) request.useChunkedEncodingByDefault = false;
      request.end(text);
    });
  }

  /** Of its key. */
  async organization(): Promise<Prn<'organization'>> {
    const { json } = await this.call('GET', '/users/me');
    return (json as { data: { organization_prn: Prn<'organization'> } }).data.organization_prn;
  }

  /** A key of another organization. */
  async foreignKey(): Promise<string> {
    const key = newApiKey();
    const organization = `prn:1:${crypto.randomUUID()}`;
    await this.database.query(`INSERT INTO organizations VALUES ($1, 'foreign', now() + interval '1 hour')`, [
      organization,
    ]);
    await this.database.query(
      `INSERT INTO api_keys (prn, organization_prn, name, hash, scopes, version, inserted_at)
       VALUES ($1 || ':api_key:' || gen_random_uuid(), $1, 'foreign', $2, $3, 1, now())`,
      [organization, hashApiKey(key), [...API_KEY_SCOPES]],
    );
    return key;
  }

  /** What a new reader of the configuration topic knows, kept up to date. */
  async configuration(): Promise<ConfigurationView> {
    return ConfigurationView.open(this.kafka);
  }

  openSecret(sealed: string, owner: string): string {
    return new SecretSealer([this.secretsKey]).open(sealed, owner).toString('hex').toUpperCase();
  }

  get store(): Database {
    return this.app.get(Database);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What is still starting would go on after it was closed.
    await this.started.catch(() => undefined);
    for (const app of this.#apps) await app.close();
    await this.kafka[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}

function isStream(headers: IncomingHttpHeaders): boolean {
  return headers['content-type'] === 'text/event-stream';
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return String(headers['content-type']).startsWith('application/json');
}

function fail(message: string): never {
  throw new Error(message);
}

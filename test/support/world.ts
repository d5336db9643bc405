import { randomBytes } from 'node:crypto';
import type { AppName } from '@fleethook/config';
import type { Prn } from '@fleethook/events';
import { newApiKey } from '@fleethook/messages';
import { migrate } from '@fleethook/store';
import { AppProcess } from './app-process.js';
import { eventually } from './eventually.js';
import { certificates } from './certificates.js';
import { Ledger } from './ledger.js';
import type { Receiver } from './receiver.js';
import { ScratchDatabase } from './scratch-database.js';
import { services } from './services.js';

export interface WorldOptions {
  readonly apps: readonly AppName[];
  /** Settings for all apps, over the world's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings of one app, over all others. */
  readonly environmentOf?: (app: AppName) => Readonly<Record<string, string>>;
  /** Other brokers than the shared ones. */
  readonly kafkaBrokers?: readonly string[];
  /** Another address of the world's database: a proxy before it. @param url the real one */
  readonly databaseUrl?: (url: string) => string;
}

export interface CreatedWebhook {
  readonly prn: Prn<'webhook'>;
  readonly secret: string;
  readonly path: string;
}

/** A schedule that a test can wait for; the horizon has its documented least. */
const FAST_RETRIES = { RETRY_SCHEDULE: '500ms,1s,2s', RETRY_HORIZON: '1m' };

const ORGANIZATION_PATTERN = /^prn:1:[0-9a-f-]{36}$/;
/** What it is refused while Kafka comes back takes a busy machine minutes. */
const MAX_POST_TRIES = 2_000;
const RETRY_PAUSE_MS = 100;

/** The whole pipeline as processes, on topics and a database of its own, with an organization and its key. */
export class World implements AsyncDisposable {
  readonly apiKey = newApiKey();
  readonly #processes = new Map<AppName, AppProcess[]>();
  #ledger: Ledger | undefined;
  #organization: Prn<'organization'> | undefined;

  private constructor(
    private readonly database: ScratchDatabase,
    /** What all of its apps are told. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly environmentOf: NonNullable<WorldOptions['environmentOf']>,
  ) {}

  /** Every app is ready when it resolves. `api` is always there: webhooks are made through it. */
  static async create(options: WorldOptions): Promise<World> {
    const database = await ScratchDatabase.create();
    const { caFile } = await certificates();
    const environment = {
      KAFKA_BROKERS: (options.kafkaBrokers ?? services().kafkaBrokers).join(','),
      KAFKA_TOPIC_PREFIX: `t${randomBytes(5).toString('hex')}.`,
      // Short: what a killed process owned is taken over after it. Not the shortest: a machine under load misses heartbeats.
      KAFKA_SESSION_TIMEOUT: '10s',
      DATABASE_URL: options.databaseUrl?.(database.url) ?? database.url,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8,::1/128',
      EGRESS_CA_FILE: caFile,
      API_PORT: '0',
      API_RATE: '0',
      INGEST_PORT: '0',
      ROUTER_PORT: '0',
      DELIVERY_PORT: '0',
      RECORDER_PORT: '0',
      ...FAST_RETRIES,
      ...options.environment,
    };
    const world = new World(database, environment, options.environmentOf ?? (() => ({})));
    try {
      await migrate(database.url);
      await world.start('api');
      await Promise.all(options.apps.filter((app) => app !== 'api').map((app) => world.start(app)));
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  /** Before the name of each of its topics and groups. */
  get topicPrefix(): string {
    return this.environment['KAFKA_TOPIC_PREFIX'] ?? '';
  }

  /** One more process of an app, ready. @param environment for this one, over the world's */
  async start(name: AppName, environment: Readonly<Record<string, string>> = {}): Promise<AppProcess> {
    const key: Record<string, string> = name === 'api' ? { FLEETHOOK_API_KEY: this.apiKey } : {};
    const started = new AppProcess(name, { ...this.environment, ...key, ...this.environmentOf(name), ...environment });
    this.#processes.set(name, [...(this.#processes.get(name) ?? []), started]);
    await started.start();
    await started.waitUntilReady();
    return started;
  }

  /** The newest process of an app. */
  app(name: AppName): AppProcess {
    const found = this.#processes.get(name)?.at(-1);
    if (found === undefined) throw new Error(`${name} is not part of this world`);
    return found;
  }

  /** Ends an app's newest process hard and puts another one in its place. */
  async killAndReplace(name: AppName): Promise<void> {
    await this.app(name).end('SIGKILL');
    await this.start(name);
  }

  /** A new process for each of an app's, then a clean end for the old one, one after the other. */
  async replaceInTurn(name: AppName): Promise<void> {
    for (const old of (this.#processes.get(name) ?? []).filter(({ isRunning }) => isRunning)) {
      await this.start(name);
      const code = await old.end('SIGTERM');
      if (code !== 0) throw new Error(`${name} ended with ${code} when it was asked to:\n${old.tail()}`);
    }
  }

  query<R extends object>(sql: string, parameters: unknown[] = []): Promise<R[]> {
    return this.database.query<R>(sql, parameters);
  }

  async organization(): Promise<Prn<'organization'>> {
    if (this.#organization === undefined) {
      const reply = await this.call<{ data: { organization_prn: string } }>('GET', '/users/me');
      const prn = reply.body.data.organization_prn;
      if (!ORGANIZATION_PATTERN.test(prn)) throw new Error(`not an organization: ${prn}`);
      this.#organization = prn as Prn<'organization'>;
    }
    return this.#organization;
  }

  async ledger(): Promise<Ledger> {
    return (this.#ledger ??= new Ledger(await this.organization()));
  }

  /** One call to the Admin API, as a client makes it; the caller says what the body holds. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a cast at every call would say the same in more words
  async call<B>(method: string, path: string, body?: unknown): Promise<{ status: number; body: B }> {
    const reply = await fetch(`${this.app('api').url}${path}`, {
      method,
      headers: {
        authorization: `Token ${this.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: (text === '' ? undefined : JSON.parse(text)) as B };
  }

  /** A verified webhook on a path of the receiver, which checks its signatures from then on. */
  async createWebhook(
    receiver: Pick<Receiver, 'url' | 'expectSignatures'>,
    path: string,
    events: readonly string[] = ['device.claimed_release'],
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<CreatedWebhook> {
    const reply = await this.call<{ webhook: { prn: Prn<'webhook'>; secret: string } }>('POST', '/webhooks', {
      url: new URL(path, receiver.url).href,
      enabled_events: events,
      ...settings,
    });
    if (reply.status !== 201) throw new Error(`POST /webhooks answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    const { prn, secret } = reply.body.webhook;
    receiver.expectSignatures(path, [secret]);
    await this.configurationArrived();
    return { prn, secret, path };
  }

  /** Every process that routes or delivers knows as many webhooks as there are. */
  async configurationArrived(): Promise<void> {
    const [row] = await this.query<{ count: string }>('SELECT count(*) FROM webhooks');
    for (const process of [...(this.#processes.get('router') ?? []), ...(this.#processes.get('delivery') ?? [])]) {
      if (!process.isRunning) continue;
      await eventually(
        async () => {
          const known = await process.metric('fleethook_config_records{kind="webhook"}');
          if (known !== Number(row?.count)) throw new Error(`${process.name} knows ${known} of ${row?.count} webhooks`);
        },
        { withinMs: 30_000, explain: () => process.tail() },
      );
    }
  }

  /**
   * Posts named events and notes in the ledger which ones the intake accepted. What was not answered or not taken is posted again under
   * the same name, as a producer should.
   */
  async post(prns: readonly Prn<'event'>[]): Promise<void> {
    const ledger = await this.ledger();
    let open = [...prns];
    for (let tries = 0; open.length > 0; tries++) {
      if (tries >= MAX_POST_TRIES)
        throw new Error(`the intake did not take ${open.length} events:\n${this.app('ingest').tail()}`);
      const accepted = await this.#postOnce(open);
      ledger.confirm(accepted);
      open = open.filter((prn) => !accepted.has(prn));
      if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }

  async #postOnce(prns: readonly Prn<'event'>[]): Promise<ReadonlySet<string>> {
    const events = prns.map((prn, index) => ({
      type: 'device',
      prn,
      data: {
        type: 'claimed_release',
        data: {
          device: { prn: prn.replace(':event:', ':device:'), identifier: `device-${index}`, cohort: null },
          release: { prn: prn.replace(':event:', ':release:'), version: '1.0.0' },
        },
      },
    }));
    try {
      const reply = await fetch(`${this.app('ingest').url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Token ${this.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(events),
      });
      const text = await reply.text();
      if (reply.status === 422) throw new RangeError(`the intake refused test events: ${text}`);
      const body = JSON.parse(text) as { events?: { prn: string }[] };
      return new Set((body.events ?? []).map(({ prn }) => prn));
    } catch (error) {
      if (error instanceof RangeError) throw error;
      // The intake is away, or went away while it answered: whether it took them is not known.
      return new Set();
    }
  }

  explain(): string {
    return [...this.#processes.values()]
      .flat()
      .map((app) => app.tail())
      .join('\n\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.values()].flat().map((app) => app.end('SIGKILL')));
    await this.database[Symbol.asyncDispose]();
  }
}

import { randomBytes } from 'node:crypto';
import { readAppSettings } from '@fleethook/config';
import { newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import { KafkaBatchServer, setUpTopics } from '@fleethook/kafka';
import {
  decodeAttempt,
  reportKind,
  decodeDead,
  encodeConfig,
  encodeDelivery,
  encodeTombstone,
  SecretSealer,
  TOPICS,
  type AttemptMessage,
  type DeadDelivery,
  type DeadRecord,
  type DeliveryMessage,
  type WebhookConfig,
} from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { secretBytes } from '@fleethook/signing';
import { TIERS_SERVER } from '../../../apps/delivery/src/delivery-lifecycle.js';
import { DeliveryModule } from '../../../apps/delivery/src/delivery.module.js';
import { startUp } from '../../../apps/delivery/src/start-up.js';
import { KafkaNamespace } from '../../support/kafka-namespace.js';
import type { Receiver } from '../../support/receiver.js';
import { RunningApp } from '../../support/running-app.js';
import type { TopicTail } from '../../support/topic-tail.js';
import { webhookConfig } from '../../support/webhook-config.js';

export const SECRET = 'B284A51B143841695B2D7BF3B8554731';
const EVENT_NAME = parseEventName('device.connected');

/** Topics of its own, webhooks in them, and delivery processes (within this one) when a test starts them. */
export class DeliveryWorld implements AsyncDisposable {
  readonly organization = newOrganizationPrn();
  readonly #apps: RunningApp[] = [];
  #version = 0;

  private constructor(
    readonly kafka: KafkaNamespace,
    private readonly attemptTail: TopicTail,
    private readonly deadTail: TopicTail,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly secretsKey = randomBytes(32).toString('base64'),
  ) {}

  static async create(environment: Readonly<Record<string, string>> = {}): Promise<DeliveryWorld> {
    const kafka = await KafkaNamespace.create([TOPICS.deliveries, TOPICS.config, TOPICS.attempts, TOPICS.dead]);
    const [attempts, dead] = await Promise.all([kafka.tail(TOPICS.attempts.name), kafka.tail(TOPICS.dead.name)]);
    return new DeliveryWorld(kafka, attempts, dead, environment);
  }

  /** Beside others, on their topics, which are closed with this one. */
  static async on(kafka: KafkaNamespace, secretsKey: string): Promise<DeliveryWorld> {
    await setUpTopics(kafka.connection, [TOPICS.dead], kafka.context);
    const [attempts, dead] = await Promise.all([kafka.tail(TOPICS.attempts.name), kafka.tail(TOPICS.dead.name)]);
    return new DeliveryWorld(kafka, attempts, dead, {}, secretsKey);
  }

  async start(receiver: Receiver, environment: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
    const settings = readAppSettings('delivery', {
      ...this.kafka.environment,
      SECRETS_KEY: this.secretsKey,
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8,::1/128',
      EGRESS_CA_FILE: receiver.caFile,
      RETRY_SCHEDULE: '200ms,500ms',
      RETRY_HORIZON: '1m',
      // The receivers are in this process: when it is busy, how long they take says nothing of an endpoint. What is to hang has less.
      DELIVERY_TIMEOUT: '30s',
      DELIVERY_CONNECT_TIMEOUT: '30s',
      ...this.environment,
      ...environment,
    });
    const context = {
      log: createLog({ app: 'delivery', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
    };
    const { connection } = this.kafka;
    const app = await RunningApp.start(DeliveryModule.for(settings, connection, context), async (nest) => {
      nest.connectMicroservice({ strategy: nest.get<KafkaBatchServer>(TIERS_SERVER) }, { inheritAppConfig: true });
      await startUp(nest, connection, context);
    });
    this.#apps.push(app);
    return app;
  }

  /** Writes a webhook, or a newer version of one. */
  async configure(url: string, changes: Partial<WebhookConfig> = {}): Promise<WebhookConfig> {
    const prn = changes.prn ?? newPrn(this.organization, 'webhook');
    const sealer = new SecretSealer([this.secretsKey]);
    const secrets = [{ sealed: sealer.seal(secretBytes(SECRET), prn) }];
    const webhook = webhookConfig(this.organization, ++this.#version, { prn, url, secrets, ...changes });
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(webhook) });
    return webhook;
  }

  async remove(webhook: WebhookConfig): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeTombstone(webhook.prn) });
  }

  /** As the router writes them. Answers the PRNs of their events. */
  async deliver(
    webhook: { prn: Prn<'webhook'> },
    count = 1,
    changes: Partial<DeliveryMessage> = {},
  ): Promise<Prn<'event'>[]> {
    const events = Array.from({ length: count }, () => newPrn(this.organization, 'event'));
    await Promise.all(
      events.map((event) => {
        const delivery: DeliveryMessage = {
          event,
          name: EVENT_NAME,
          webhook: webhook.prn,
          lane: 0,
          acceptedAtMs: Date.now(),
          attempt: 1,
          body: Buffer.from(JSON.stringify({ version: 1, prn: event })),
          ...changes,
        };
        return this.kafka.producer.send({ topic: TOPICS.deliveries.name, ...encodeDelivery(delivery) });
      }),
    );
    return events;
  }

  get attempts(): AttemptMessage[] {
    return this.attemptTail.records.filter((record) => reportKind(record) === 'attempt').map(decodeAttempt);
  }

  attemptsOf(event: Prn<'event'>): AttemptMessage[] {
    return this.attempts.filter((attempt) => attempt.event === event).toSorted((a, b) => a.attempt - b.attempt);
  }

  get dead(): (DeadDelivery | DeadRecord)[] {
    return this.deadTail.records.map(decodeDead);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const app of this.#apps) await app.stop();
    await this.kafka[Symbol.asyncDispose]();
  }
}

import { readAppSettings } from '@fleethook/config';
import {
  newOrganizationPrn,
  newPrn,
  parseEventName,
  type EventName,
  type JsonSchema,
  type Prn,
} from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import {
  decodeDelivery,
  encodeConfig,
  encodeEvent,
  encodeTombstone,
  TOPICS,
  type DeliveryMessage,
  type EventTypeConfig,
  type WebhookConfig,
} from '@fleethook/messages';
import { createLog, createMetrics } from '@fleethook/observability';
import { RouterModule } from '../../../apps/router/src/router.module.js';
import { startUp } from '../../../apps/router/src/start-up.js';
import { KafkaNamespace } from '../../support/kafka-namespace.js';
import { RunningApp } from '../../support/running-app.js';
import type { TopicTail } from '../../support/topic-tail.js';
import { webhookConfig } from '../../support/webhook-config.js';

export const CONNECTED: EventName = parseEventName('device.connected');

/** Topics of its own, a configuration, and routers when a test starts them. */
export class RouterWorld implements AsyncDisposable {
  readonly organization = newOrganizationPrn();
  readonly #routers: RunningApp[] = [];
  #version = 0;

  private constructor(
    readonly kafka: KafkaNamespace,
    private readonly deliveryTail: TopicTail,
    private readonly deadTail: TopicTail,
  ) {}

  static async create(): Promise<RouterWorld> {
    const kafka = await KafkaNamespace.create([TOPICS.events, TOPICS.config, TOPICS.deliveries, TOPICS.dead]);
    return new RouterWorld(kafka, await kafka.tail(TOPICS.deliveries.name), await kafka.tail(TOPICS.dead.name));
  }

  async start(): Promise<RunningApp> {
    const settings = readAppSettings('router', { ...this.kafka.environment, FLEETHOOK_DRAIN_TIMEOUT: '10s' });
    const context = {
      log: createLog({ app: 'router', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
    };
    const { connection } = this.kafka;
    const router = await RunningApp.start(RouterModule.for(settings, connection, context), (app) =>
      startUp(app, connection, context),
    );
    this.#routers.push(router);
    return router;
  }

  async subscribe(changes: Partial<WebhookConfig> = {}): Promise<WebhookConfig> {
    const webhook = webhookConfig(this.organization, ++this.#version, changes);
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(webhook) });
    return webhook;
  }

  async register(name: EventName, schema: JsonSchema): Promise<void> {
    const { organization } = this;
    const type: EventTypeConfig = { v: 1, kind: 'event_type', version: ++this.#version, organization, name, schema };
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeConfig(type) });
  }

  async remove(webhook: WebhookConfig): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.config.name, ...encodeTombstone(webhook.prn) });
  }

  /** As intake writes them. Answers their PRNs. */
  async publish(count: number): Promise<Prn<'event'>[]> {
    const prns = Array.from({ length: count }, () => newPrn(this.organization, 'event'));
    await Promise.all(
      prns.map((event) => {
        const body = Buffer.from(`{"version":1,"prn":"${event}"}`);
        const record = encodeEvent({ event, name: CONNECTED, acceptedAtMs: Date.now(), body }, event);
        return this.kafka.producer.send({ topic: TOPICS.events.name, ...record });
      }),
    );
    return prns;
  }

  /** As a producer writes that speaks Kafka itself. */
  async publishDirectly(value: string | Buffer, headers: Record<string, string> = {}): Promise<void> {
    await this.kafka.producer.send({ topic: TOPICS.events.name, key: 'device-1', value, headers });
  }

  get deliveries(): DeliveryMessage[] {
    return this.deliveryTail.records.map(decodeDelivery);
  }

  get dead(): readonly KafkaRecord[] {
    return this.deadTail.records;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const router of this.#routers) await router.stop();
    await this.kafka[Symbol.asyncDispose]();
  }
}

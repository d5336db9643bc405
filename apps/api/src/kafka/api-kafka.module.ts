import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import {
  BatchingProducer,
  ConfigTopicReader,
  connectionOf,
  GroupLagReader,
  KafkaBatchServer,
  OrderedProducer,
  RecordProducer,
  type KafkaContext,
} from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { LOG, METRICS, Readiness, type Log, type Metrics } from '@fleethook/observability';
import { GONE_ENDPOINTS } from '../gone/gone-endpoints.consumer.js';
import { LagExporter } from '../lag/lag-exporter.js';
import { ConfigArrival } from '../outbox/config-arrival.js';
import { ConfigView } from '../outbox/config-view.js';
import { ConfigPublisher } from '../outbox/outbox.relay.js';

/** Only what was asked for by hand goes through it. */
const MAX_QUEUED_BYTES = 8 * 1_024 * 1_024;
/** Of attempts, of which nearly all are passed over. */
const GONE_WINDOW = { maxRecords: 2_000, maxBytes: 8 * 1_024 * 1_024, maxSpan: 16_384 };
const GONE_GRACE_MS = 1_000;

const context = (log: Log, metrics: Metrics, readiness: Readiness): KafkaContext => ({ log, metrics, readiness });
const CONTEXT = [LOG, METRICS, Readiness];

/** For test fires. */
export abstract class DeliveryProducer extends BatchingProducer {}

/** The Kafka clients of this process, and their end. */
@Module({})
export class ApiKafkaModule {
  static for(settings: ApiSettings): DynamicModule {
    const connection = connectionOf(settings, 'fleethook-api');
    return {
      module: ApiKafkaModule,
      global: true,
      providers: [
        ConfigView,
        ConfigArrival,
        {
          provide: ConfigTopicReader,
          inject: [ConfigView, ...CONTEXT],
          useFactory: (view: ConfigView, log: Log, metrics: Metrics, readiness: Readiness) =>
            new ConfigTopicReader(
              {
                connection,
                app: 'api',
                onChange: (key, message) => view.set(key, message),
                onRemove: (key) => view.delete(key),
                onOvertaken: (key) => view.overtake(key),
                onReset: () => view.clear(),
              },
              context(log, metrics, readiness),
            ),
        },
        {
          provide: ConfigPublisher,
          inject: CONTEXT,
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness) =>
            new OrderedProducer({ connection, topic: TOPICS.config.name }, context(log, metrics, readiness)),
        },
        {
          provide: DeliveryProducer,
          inject: CONTEXT,
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness) =>
            new BatchingProducer(
              { connection, maxQueuedBytes: MAX_QUEUED_BYTES, topics: [TOPICS.deliveries.name, TOPICS.events.name] },
              context(log, metrics, readiness),
            ),
        },
        { provide: RecordProducer, useExisting: DeliveryProducer },
        {
          provide: KafkaBatchServer,
          inject: CONTEXT,
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness) =>
            new KafkaBatchServer(
              {
                connection,
                groupId: 'api.gone-endpoints',
                transportId: GONE_ENDPOINTS,
                window: GONE_WINDOW,
                handoverGraceMs: GONE_GRACE_MS,
                drainTimeoutMs: settings.drainTimeoutMs,
              },
              context(log, metrics, readiness),
            ),
        },
        {
          provide: GroupLagReader,
          inject: CONTEXT,
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness) =>
            new GroupLagReader(connection, context(log, metrics, readiness)),
        },
        LagExporter,
        KafkaClients,
      ],
      exports: [
        ConfigView,
        ConfigArrival,
        ConfigTopicReader,
        ConfigPublisher,
        DeliveryProducer,
        RecordProducer,
        KafkaBatchServer,
      ],
    };
  }
}

@Injectable()
class KafkaClients implements OnApplicationShutdown {
  constructor(
    private readonly reader: ConfigTopicReader,
    @Inject(ConfigPublisher) private readonly publisher: OrderedProducer,
    private readonly producer: DeliveryProducer,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.reader.close(), this.publisher.close(), this.producer.close()]);
  }
}

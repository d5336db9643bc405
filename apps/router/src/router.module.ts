import { Module, type DynamicModule } from '@nestjs/common';
import type { RouterSettings } from '@fleethook/config';
import { EventTypes } from '@fleethook/events';
import {
  BatchingProducer,
  ConfigTopicReader,
  KafkaBatchServer,
  RecordProducer,
  type KafkaConnection,
  type KafkaContext,
} from '@fleethook/kafka';
import { SubscriptionIndex } from '@fleethook/matching';
import { EventReader, TOPICS } from '@fleethook/messages';
import { ObservabilityModule, Readiness, type Log, type Metrics, type Tracing } from '@fleethook/observability';
import { EventRouter } from './event-router.js';
import { EventTracing } from './event-tracing.js';
import { EVENTS, EventsConsumer } from './events.consumer.js';
import { FanOut } from './fan-out.js';
import { KafkaLifecycle } from './kafka-lifecycle.js';
import { RoutingConfiguration } from './routing-configuration.js';

const MIB = 1_024 * 1_024;

/** Twice what the fan-out lets wait: it is the one that holds back. */
const MAX_QUEUED_BYTES = 64 * MIB;
const WINDOW = { maxRecords: 2_000, maxBytes: 8 * MIB, maxSpan: 16_384 };
/** Nothing here runs longer than a produce call that is tried again. */
const HANDOVER_GRACE_MS = 5_000;

/** Events to deliveries: reads `fleet.events`, matches, writes `webhook.deliveries`. */
@Module({})
export class RouterModule {
  static for(
    settings: RouterSettings,
    connection: KafkaConnection,
    { log, metrics, tracing }: { log: Log; metrics: Metrics; tracing?: Tracing },
  ): DynamicModule {
    const contextOf = (readiness: Readiness): KafkaContext => ({ log, metrics, readiness });
    metrics.routerFiltered.inc(0);
    return {
      module: RouterModule,
      imports: [ObservabilityModule.for({ log, metrics, tracing })],
      controllers: [EventsConsumer],
      providers: [
        {
          provide: SubscriptionIndex,
          useFactory: () => new SubscriptionIndex({ onFiltered: (webhooks) => metrics.routerFiltered.inc(webhooks) }),
        },
        { provide: EventTypes, useFactory: () => new EventTypes() },
        RoutingConfiguration,
        { provide: EventReader, inject: [EventTypes], useFactory: (types: EventTypes) => new EventReader(types) },
        EventTracing,
        EventRouter,
        FanOut,
        KafkaLifecycle,
        {
          provide: BatchingProducer,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new BatchingProducer(
              { connection, maxQueuedBytes: MAX_QUEUED_BYTES, topics: [TOPICS.deliveries.name, TOPICS.dead.name] },
              contextOf(readiness),
            ),
        },
        { provide: RecordProducer, useExisting: BatchingProducer },
        {
          provide: ConfigTopicReader,
          inject: [RoutingConfiguration, Readiness],
          useFactory: (configuration: RoutingConfiguration, readiness: Readiness) =>
            new ConfigTopicReader(
              {
                connection,
                app: 'router',
                onChange: (key, message) => configuration.onChange(key, message),
                onRemove: (key) => configuration.onRemove(key),
                onReset: () => configuration.onReset(),
              },
              contextOf(readiness),
            ),
        },
        {
          provide: KafkaBatchServer,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new KafkaBatchServer(
              {
                connection,
                groupId: 'router',
                transportId: EVENTS,
                window: WINDOW,
                handoverGraceMs: HANDOVER_GRACE_MS,
                drainTimeoutMs: settings.drainTimeoutMs,
              },
              contextOf(readiness),
            ),
        },
      ],
    };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { IngestSettings } from '@fleethook/config';
import { EventTypes } from '@fleethook/events';
import { BatchingProducer, ConfigTopicReader, connectionOf, RecordProducer, type KafkaContext } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { ObservabilityModule, Readiness, type Log, type Metrics, type Tracing } from '@fleethook/observability';
import { ApiKeyDirectory } from './auth/api-key-directory.js';
import { ApiKeyGuard } from './auth/api-key.guard.js';
import { BodyReader } from './body/body-reader.js';
import { Turns } from './body/turns.js';
import { EventsController } from './events.controller.js';
import { IntakeErrorFilter } from './http/intake-error.filter.js';
import { IntakeConfiguration } from './intake-configuration.js';
import { ByteBudget } from './intake/byte-budget.js';
import { EventIntake } from './intake/event-intake.js';
import { INTAKE_LIMITS, type IntakeLimits } from './intake/intake-limits.js';
import { OrganizationRate } from './intake/organization-rate.js';
import { KafkaLifecycle } from './kafka-lifecycle.js';

export const INGEST_CLIENT_ID = 'fleethook-ingest';

/** A client should have its 503 before it gives up waiting. */
const DELIVERY_TIMEOUT_MS = 10_000;
/** What a record costs the producer beside its body: never the reason for a refusal before the budget is. */
const QUEUE_PER_BUDGET = 2;

/** HTTP to `fleet.events`: checks, normalises, acknowledges. */
@Module({})
export class IngestModule {
  static for(
    settings: IngestSettings,
    { log, metrics, tracing }: { log: Log; metrics: Metrics; tracing?: Tracing },
  ): DynamicModule {
    const connection = connectionOf(settings, INGEST_CLIENT_ID);
    const contextOf = (readiness: Readiness): KafkaContext => ({ log, metrics, readiness });
    metrics.ingestQueuedBytes.set(0);
    metrics.ingestQueueLimit.set(settings.maxQueuedBytes);
    const limits: IntakeLimits = {
      maxEventBytes: settings.maxEventBytes,
      maxRequestBytes: settings.maxRequestBytes,
    };
    return {
      module: IngestModule,
      imports: [ObservabilityModule.for({ log, metrics, tracing })],
      controllers: [EventsController],
      providers: [
        { provide: APP_FILTER, useClass: IntakeErrorFilter },
        { provide: INTAKE_LIMITS, useValue: limits },
        { provide: EventTypes, useFactory: () => new EventTypes() },
        { provide: Turns, useFactory: () => new Turns() },
        {
          provide: ByteBudget,
          useFactory: () =>
            new ByteBudget({
              maxBytes: settings.maxQueuedBytes,
              onChange: (heldBytes) => metrics.ingestQueuedBytes.set(heldBytes),
            }),
        },
        {
          provide: OrganizationRate,
          useFactory: () => new OrganizationRate(settings.organizationEventsPerSecond),
        },
        ApiKeyDirectory,
        ApiKeyGuard,
        IntakeConfiguration,
        BodyReader,
        EventIntake,
        KafkaLifecycle,
        {
          provide: BatchingProducer,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new BatchingProducer(
              {
                connection,
                maxQueuedBytes: settings.maxQueuedBytes * QUEUE_PER_BUDGET,
                deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
                topics: [TOPICS.events.name],
                readiness: true,
              },
              contextOf(readiness),
            ),
        },
        { provide: RecordProducer, useExisting: BatchingProducer },
        {
          provide: ConfigTopicReader,
          inject: [IntakeConfiguration, Readiness],
          useFactory: (configuration: IntakeConfiguration, readiness: Readiness) =>
            new ConfigTopicReader(
              {
                connection,
                app: 'ingest',
                onChange: (key, message) => configuration.onChange(key, message),
                onRemove: (key) => configuration.onRemove(key),
                onReset: () => configuration.onReset(),
              },
              contextOf(readiness),
            ),
        },
      ],
    };
  }
}

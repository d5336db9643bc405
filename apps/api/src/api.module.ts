import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ApiSettings } from '@fleethook/config';
import { ObservabilityModule, type Log, type Metrics } from '@fleethook/observability';
import { EventQueries, HistoryQueries, InsightQueries, StoreModule, WebhookActivityQueries } from '@fleethook/store';
import { AccessModule } from './access/access.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuditController } from './audit/audit.controller.js';
import { ConsoleModule } from './console/console.module.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveryLists } from './deliveries/delivery-lists.js';
import { SentRequests } from './deliveries/sent-request.js';
import { EndpointHealthController } from './endpoint-health/endpoint-health.controller.js';
import { EndpointHealthViews } from './endpoint-health/endpoint-health.views.js';
import { ApiErrorFilter } from './errors/api-error.filter.js';
import { EventTypesModule } from './event-types/event-types.module.js';
import { EventsController } from './events/events.controller.js';
import { InsightsController } from './insights/insights.controller.js';
import { FailingModule } from './failing/failing.module.js';
import { FilterTests } from './filters/filter-tests.js';
import { FiltersController } from './filters/filters.controller.js';
import { RecordedEvents, StoredEvents } from './filters/stored-events.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { ApiKafkaModule } from './kafka/api-kafka.module.js';
import { GoneEndpointsConsumer } from './gone/gone-endpoints.consumer.js';
import { ReplaysModule } from './replays/replays.module.js';
import { OverviewModule } from './overview/overview.module.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { UpkeepModule } from './upkeep/upkeep.module.js';
import { UsersController } from './users/users.controller.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The Admin API: configuration and history over HTTP, and the way of every change to Kafka. */
@Module({})
export class ApiModule {
  static for(settings: ApiSettings, context: { log: Log; metrics: Metrics }): DynamicModule {
    const webhooks = WebhooksModule.for(settings);
    return {
      module: ApiModule,
      imports: [
        ObservabilityModule.for(context),
        StoreModule.for({
          databaseUrl: settings.databaseUrl,
          poolSize: settings.databasePoolSize,
          applicationName: 'fleethook-api',
        }),
        AccessModule.for(settings),
        IdempotencyModule.for(settings),
        ApiKafkaModule.for(settings),
        OutboxModule.for(settings),
        webhooks,
        ReplaysModule.for(settings, webhooks),
        FailingModule.for(settings),
        ApiKeysModule,
        OrganizationsModule,
        UpkeepModule.for(settings),
        EventTypesModule,
        OverviewModule,
        PipelineModule.for(settings),
        ConsoleModule.for(settings),
        OpenApiModule,
      ],
      controllers: [
        UsersController,
        AuditController,
        EndpointHealthController,
        DeliveriesController,
        EventsController,
        InsightsController,
        FiltersController,
        GoneEndpointsConsumer,
      ],
      providers: [
        HistoryQueries,
        EventQueries,
        InsightQueries,
        WebhookActivityQueries,
        EndpointHealthViews,
        DeliveryLists,
        SentRequests,
        FilterTests,
        { provide: StoredEvents, useClass: RecordedEvents },
        { provide: APP_FILTER, useClass: ApiErrorFilter },
      ],
    };
  }
}

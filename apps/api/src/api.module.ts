import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ApiSettings } from '@fleethook/config';
import { ObservabilityModule, type Log, type Metrics } from '@fleethook/observability';
import { HistoryQueries, StoreModule } from '@fleethook/store';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { ApiErrorFilter } from './errors/api-error.filter.js';
import { EventTypesModule } from './event-types/event-types.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { ApiKafkaModule } from './kafka/api-kafka.module.js';
import { GoneEndpointsConsumer } from './gone/gone-endpoints.consumer.js';
import { UsersController } from './users/users.controller.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The Admin API: configuration and history over HTTP, and the way of every change to Kafka. */
@Module({})
export class ApiModule {
  static for(settings: ApiSettings, context: { log: Log; metrics: Metrics }): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ObservabilityModule.for(context),
        StoreModule.for({
          databaseUrl: settings.databaseUrl,
          poolSize: settings.databasePoolSize,
          applicationName: 'fleethook-api',
        }),
        ApiKafkaModule.for(settings),
        OutboxModule.for(settings),
        WebhooksModule.for(settings),
        EventTypesModule,
        OpenApiModule,
      ],
      controllers: [UsersController, DeliveriesController, GoneEndpointsConsumer],
      providers: [HistoryQueries, { provide: APP_FILTER, useClass: ApiErrorFilter }],
    };
  }
}

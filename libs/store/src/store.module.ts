import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database } from './database.js';
import { dataSourceOptions } from './data-source.js';
import { Outbox } from './outbox.js';
import { ApiKeyQueries } from './queries/api-key.queries.js';
import { EventTypeQueries } from './queries/event-type.queries.js';
import { WebhookQueries } from './queries/webhook.queries.js';
import { STORE_OPTIONS, type StoreOptions } from './store-options.js';

/** PostgreSQL for one process. It connects when `Database.start()` is called, so that health can be asked while PostgreSQL is away. */
@Module({})
export class StoreModule {
  static for(options: StoreOptions): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(options), manualInitialization: true })],
      providers: [
        { provide: STORE_OPTIONS, useValue: options },
        Database,
        ApiKeyQueries,
        WebhookQueries,
        EventTypeQueries,
        Outbox,
      ],
      exports: [STORE_OPTIONS, Database, ApiKeyQueries, WebhookQueries, EventTypeQueries, Outbox],
    };
  }
}

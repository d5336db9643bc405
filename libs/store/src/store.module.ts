import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditLog } from './audit/audit-log.js';
import { ConsoleSessionQueries } from './console/console-session.queries.js';
import { Database } from './database.js';
import { dataSourceOptions } from './data-source.js';
import { EventOutbox } from './event-outbox.js';
import { BreakerQueries } from './health/breaker.queries.js';
import { HealthQueries } from './health/health.queries.js';
import { OrganizationSettingsQueries } from './health/organization-settings.queries.js';
import { WarningQueries } from './health/warning.queries.js';
import { Outbox } from './outbox.js';
import { ApiKeyQueries } from './queries/api-key.queries.js';
import { BootstrapKeyQueries } from './queries/bootstrap-key.queries.js';
import { EventTypeQueries } from './queries/event-type.queries.js';
import { IdempotencyQueries } from './queries/idempotency.queries.js';
import { OrganizationQueries } from './queries/organization.queries.js';
import { WebhookQueries } from './queries/webhook.queries.js';
import { Resealing } from './resealing.js';
import { STORE_OPTIONS, type StoreOptions } from './store-options.js';

const PROVIDERS = [
  Database,
  ApiKeyQueries,
  BootstrapKeyQueries,
  ConsoleSessionQueries,
  OrganizationQueries,
  WebhookQueries,
  IdempotencyQueries,
  AuditLog,
  Outbox,
  EventOutbox,
  Resealing,
  EventTypeQueries,
  HealthQueries,
  BreakerQueries,
  WarningQueries,
  OrganizationSettingsQueries,
];

/** PostgreSQL for one process. It connects when `Database.start()` is called, so that health can be asked while PostgreSQL is away. */
@Module({})
export class StoreModule {
  static for(options: StoreOptions): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(options), manualInitialization: true })],
      providers: [{ provide: STORE_OPTIONS, useValue: options }, ...PROVIDERS],
      exports: [STORE_OPTIONS, ...PROVIDERS],
    };
  }
}

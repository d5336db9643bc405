import { Module, type DynamicModule, type INestApplicationContext, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ApiSettings } from '@fleethook/config';
import { NestLog, ObservabilityModule, type Log, type Metrics } from '@fleethook/observability';
import { Database, StoreModule } from '@fleethook/store';

@Module({})
class MaintenanceModule {
  static for(
    settings: ApiSettings,
    observed: { log: Log; metrics: Metrics },
    { name, providers }: { readonly name: string; readonly providers: Provider[] },
  ): DynamicModule {
    return {
      module: MaintenanceModule,
      imports: [
        ObservabilityModule.for(observed),
        StoreModule.for({ databaseUrl: settings.databaseUrl, poolSize: 2, applicationName: `fleethook-${name}` }),
      ],
      providers,
    };
  }
}

/** Does something by hand that needs PostgreSQL and no server: connected, migrated, and closed again however it ends. */
export async function withStore<T>(
  settings: ApiSettings,
  observed: { log: Log; metrics: Metrics },
  what: { readonly name: string; readonly providers: Provider[] },
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const app = await NestFactory.createApplicationContext(MaintenanceModule.for(settings, observed, what), {
    logger: new NestLog(observed.log),
    abortOnError: false,
  });
  try {
    await app.get(Database).start();
    return await work(app);
  } finally {
    await app.close();
  }
}

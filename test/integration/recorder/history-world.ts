import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLog, createMetrics, ObservabilityModule } from '@fleethook/observability';
import { Database, HistoryPartitions, HistoryQueries, HistoryWriter, StoreModule } from '@fleethook/store';
import { ScratchDatabase } from '../../support/scratch-database.js';

@Module({})
class HistoryWorldModule {}

/** The history on a migrated database of its own. */
export class HistoryWorld implements AsyncDisposable {
  private constructor(
    readonly database: ScratchDatabase,
    private readonly app: INestApplicationContext,
  ) {}

  static async create(): Promise<HistoryWorld> {
    const database = await ScratchDatabase.create();
    const log = createLog({ app: 'test', level: 'silent', format: 'json' });
    const app = await NestFactory.createApplicationContext(
      {
        module: HistoryWorldModule,
        imports: [
          ObservabilityModule.for({ log, metrics: createMetrics() }),
          StoreModule.for({ databaseUrl: database.url, poolSize: 4, applicationName: 'test' }),
        ],
        providers: [HistoryPartitions, HistoryWriter, HistoryQueries],
      },
      { logger: false },
    );
    await app.get(Database).start();
    return new HistoryWorld(database, app);
  }

  get store(): Database {
    return this.app.get(Database);
  }

  get writer(): HistoryWriter {
    return this.app.get(HistoryWriter);
  }

  get partitions(): HistoryPartitions {
    return this.app.get(HistoryPartitions);
  }

  get queries(): HistoryQueries {
    return this.app.get(HistoryQueries);
  }

  /** Another process's view of the same database: it knows of no partition yet. */
  anotherPartitions(): HistoryPartitions {
    return new HistoryPartitions(this.app.get(Database));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await this.database[Symbol.asyncDispose]();
  }
}

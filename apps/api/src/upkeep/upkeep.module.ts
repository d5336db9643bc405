import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { ApiSettings } from '@fleethook/config';
import { AuditLog, ConsoleSessionQueries, EndedReplays, IdempotencyQueries } from '@fleethook/store';
import { PrunedTables, UpkeepJob } from './upkeep.job.js';

type Retention = Pick<ApiSettings, 'auditRetentionMs' | 'historyRetentionMs'>;

@Module({})
export class UpkeepModule {
  static for({ auditRetentionMs, historyRetentionMs }: Retention): DynamicModule {
    return {
      module: UpkeepModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        UpkeepJob,
        EndedReplays,
        {
          provide: PrunedTables,
          inject: [AuditLog, IdempotencyQueries, ConsoleSessionQueries, EndedReplays],
          useFactory: (
            audit: AuditLog,
            idempotency: IdempotencyQueries,
            sessions: ConsoleSessionQueries,
            replays: EndedReplays,
          ): PrunedTables => ({
            all: [
              { name: 'audit_log', prune: () => audit.prune(auditRetentionMs) },
              { name: 'idempotency_keys', prune: () => idempotency.prune() },
              { name: 'console_sessions', prune: () => sessions.prune() },
              { name: 'replays', prune: () => replays.prune(historyRetentionMs) },
            ],
          }),
        },
      ],
    };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { ApiSettings } from '@fleethook/config';
import { AuditRetention, UpkeepJob } from './upkeep.job.js';

@Module({})
export class UpkeepModule {
  static for(settings: Pick<ApiSettings, 'auditRetentionMs'>): DynamicModule {
    return {
      module: UpkeepModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        UpkeepJob,
        { provide: AuditRetention, useValue: { retentionMs: settings.auditRetentionMs } satisfies AuditRetention },
      ],
    };
  }
}

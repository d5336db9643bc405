import { Module, type DynamicModule } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { connectionOf, GroupProgressReader } from '@fleethook/kafka';
import { LOG, METRICS, Readiness, type Log, type Metrics } from '@fleethook/observability';
import { OverviewModule } from '../overview/overview.module.js';
import { CallerCheck } from './caller-check.js';
import { PipelineController } from './pipeline.controller.js';
import { PipelineProgress, PipelineState } from './pipeline-state.js';
import { PipelineStreams } from './pipeline-streams.js';
import { PipelineViews } from './pipeline-views.js';
import { WATCHED_GROUPS } from './watched-groups.js';

/** How far the pipeline has come, asked once and watched. */
@Module({})
export class PipelineModule {
  static for(settings: ApiSettings): DynamicModule {
    const connection = connectionOf(settings, 'fleethook-api');
    return {
      module: PipelineModule,
      imports: [OverviewModule],
      controllers: [PipelineController],
      providers: [
        PipelineState,
        PipelineViews,
        PipelineStreams,
        CallerCheck,
        {
          provide: PipelineProgress,
          inject: [LOG, METRICS, Readiness],
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness): PipelineProgress =>
            new GroupProgressReader(connection, WATCHED_GROUPS, { log, metrics, readiness }),
        },
      ],
    };
  }
}

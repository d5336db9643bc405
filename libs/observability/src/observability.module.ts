import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DependencySampler } from './dependency-sampler.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import type { Log } from './log.js';
import { MetricsController } from './metrics.controller.js';
import type { Metrics } from './metrics.js';
import { LOG, METRICS } from './observability.tokens.js';
import { Tracing } from './tracing/tracing.js';

/** `/health/live`, `/health/ready`, `/metrics`, and the log, metrics, tracing and readiness of this process for whoever injects them. */
@Module({})
export class ObservabilityModule {
  /** @param options.tracing default: off */
  static for(options: { log: Log; metrics: Metrics; tracing?: Tracing | undefined }): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        Readiness,
        DependencySampler,
        { provide: LOG, useValue: options.log },
        { provide: METRICS, useValue: options.metrics },
        { provide: Tracing, useValue: options.tracing ?? Tracing.off },
      ],
      exports: [Readiness, LOG, METRICS, Tracing],
    };
  }
}

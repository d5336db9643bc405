import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DependencySampler } from './dependency-sampler.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import type { Log } from './log.js';
import { MetricsController } from './metrics.controller.js';
import type { Metrics } from './metrics.js';
import { LOG, METRICS } from './observability.tokens.js';

/** `/health/live`, `/health/ready`, `/metrics`, and the log, metrics and readiness of this process for whoever injects them. */
@Module({})
export class ObservabilityModule {
  static for(options: { log: Log; metrics: Metrics }): DynamicModule {
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
      ],
      exports: [Readiness, LOG, METRICS],
    };
  }
}

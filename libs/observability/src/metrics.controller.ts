import { Controller, Get, Header, Inject } from '@nestjs/common';
import { DependencySampler } from './dependency-sampler.js';
import { METRICS } from './observability.tokens.js';
import type { Metrics } from './metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(METRICS) private readonly metrics: Metrics,
    private readonly dependencies: DependencySampler,
  ) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async print(): Promise<string> {
    await this.dependencies.sample();
    return this.metrics.registry.metrics();
  }
}

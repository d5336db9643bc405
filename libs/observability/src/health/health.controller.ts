import { Controller, Get, Header } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Readiness } from './readiness.js';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  /** 503 only when the process cannot recover by itself. */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): Promise<HealthCheckResult> {
    return this.health.check(
      [...this.readiness.fatal].map(
        ([name, reason]) =>
          () =>
            this.report(name, reason),
      ),
    );
  }

  /** 503 with the reasons while something that the app needs is away. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  ready(): Promise<HealthCheckResult> {
    const failed = [...this.readiness.fatal].map(
      ([name, reason]) =>
        () =>
          this.report(name, reason),
    );
    const probed = [...this.readiness.probes].map(
      ([name, probe]) =>
        async () =>
          this.report(name, await this.readiness.ask(probe)),
    );
    return this.health.check([...failed, ...probed]);
  }

  private report(name: string, reason: string | undefined): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return reason === undefined ? indicator.up() : indicator.down({ reason });
  }
}

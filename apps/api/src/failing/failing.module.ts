import { Module, type DynamicModule } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { OrganizationController } from '../organization-settings/organization.controller.js';
import { WarningsController } from '../warnings/warnings.controller.js';
import { DISABLE_RULE_OPTIONS, DisableRuleJob, type DisableRuleOptions } from './disable-rule.job.js';
import { FailingEndpoints } from './failing-endpoints.js';

const INTERVAL_MS = 60_000;
const TIDY_INTERVAL_MS = 3_600_000;

/** Warns of endpoints that fail, and disables webhooks whose endpoints have failed for longer than their organization wants. */
@Module({})
export class FailingModule {
  static for(settings: Pick<ApiSettings, 'databaseUrl'>): DynamicModule {
    const options: DisableRuleOptions = {
      databaseUrl: settings.databaseUrl,
      intervalMs: INTERVAL_MS,
      tidyIntervalMs: TIDY_INTERVAL_MS,
      now: () => Date.now(),
    };
    return {
      module: FailingModule,
      controllers: [OrganizationController, WarningsController],
      providers: [{ provide: DISABLE_RULE_OPTIONS, useValue: options }, FailingEndpoints, DisableRuleJob],
    };
  }
}

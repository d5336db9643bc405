import { Body, Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { FilterTests } from './filter-tests.js';
import {
  TestFilterPipe,
  TestWebhookFilterPipe,
  type FilterTestReply,
  type TestedEvent,
  type TestFilter,
} from './filter.schemas.js';

/** Whether an event would pass a filter, and which clause decides: nothing is sent and nothing stored. */
@Controller()
@UseGuards(ApiKeyGuard)
export class FiltersController {
  constructor(private readonly tests: FilterTests) {}

  @Post('filters/test')
  @HttpCode(HttpStatus.OK)
  @RequireScope('read')
  test(@Caller() caller: Principal, @Body(TestFilterPipe) input: TestFilter): Promise<FilterTestReply> {
    return this.tests.test(caller, input);
  }

  @Post('webhooks/:prn/filter/test')
  @HttpCode(HttpStatus.OK)
  @RequireScope('read')
  testWebhook(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(TestWebhookFilterPipe) input: TestedEvent,
  ): Promise<FilterTestReply> {
    return this.tests.testWebhook(caller, prn, input);
  }
}

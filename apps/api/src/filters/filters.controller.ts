import { Body, Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Operation } from '../openapi/operation.decorator.js';
import { FilterTests } from './filter-tests.js';
import { FilterTestReply, TestFilter, TestWebhookFilter, type TestedEvent } from './filter.schemas.js';

/** Whether an event would pass a filter, and which clause decides: nothing is sent and nothing stored. */
@Controller()
@UseGuards(ApiKeyGuard)
export class FiltersController {
  constructor(private readonly tests: FilterTests) {}

  @Post('filters/test')
  @HttpCode(HttpStatus.OK)
  @RequireScope('read')
  @Operation({
    summary: 'Test a filter with an event',
    description: 'Says whether the event would pass, and which clause decides. Nothing is sent and nothing stored.',
    reply: FilterTestReply,
  })
  test(@Caller() caller: Principal, @Body(new ParsedPipe(TestFilter)) input: TestFilter): Promise<FilterTestReply> {
    return this.tests.test(caller, input);
  }

  @Post('webhooks/:prn/filter/test')
  @HttpCode(HttpStatus.OK)
  @RequireScope('read')
  @Operation({
    summary: 'Test the filter of a webhook with an event',
    description: 'As the router would decide it. Nothing is sent and nothing stored.',
    reply: FilterTestReply,
  })
  testWebhook(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(TestWebhookFilter)) input: TestedEvent,
  ): Promise<FilterTestReply> {
    return this.tests.testWebhook(caller, prn, input);
  }
}

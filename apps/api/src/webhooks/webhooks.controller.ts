import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { Envelope } from '@fleethook/events';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { Idempotent, KeepsReply, type KeepReply } from '../idempotency/idempotency.interceptor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { CallersBody } from './known-events.js';
import { CreateWebhookPipe, ListWebhooksPipe, RollSecretPipe, UpdateWebhookPipe } from './webhook-pipes.js';
import {
  ChangedWebhookReply,
  RevealedWebhookReply,
  TestFireReply,
  WebhookRefusal,
  WebhookReply,
  WebhooksReply,
} from './webhook.replies.js';
import {
  DOCUMENTED_SCHEMAS,
  ListWebhooks,
  RollSecret,
  type CreateWebhook,
  type UpdateWebhook,
} from './webhook.schemas.js';
import type { RevealedWebhook, WebhookView } from './webhook.view.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhooksService } from './webhooks.service.js';

@Controller('webhooks')
@UseGuards(ApiKeyGuard)
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly secrets: WebhookSecrets,
  ) {}

  @Post()
  @RequireScope('configure')
  @Idempotent()
  @Operation({
    summary: 'Create a webhook',
    description:
      'Nothing is stored unless the endpoint answers a signed test fire with exactly 200 within 10 seconds. The reply shows the secret, once.',
    body: DOCUMENTED_SCHEMAS.create,
    reply: RevealedWebhookReply,
    refusal: WebhookRefusal,
    conflict: 'The organization has as many webhooks as it may.',
    idempotent: true,
  })
  async create(
    @Caller() caller: Principal,
    @CallersBody(CreateWebhookPipe) input: CreateWebhook,
    @KeepsReply() keep: KeepReply,
  ): Promise<{ webhook: RevealedWebhook }> {
    return { webhook: await this.webhooks.create(caller, input, keep) };
  }

  @Get()
  @RequireScope('read')
  @Operation({ summary: 'List webhooks', query: ListWebhooks, reply: WebhooksReply })
  list(
    @Caller() caller: Principal,
    @Query(ListWebhooksPipe) query: ListWebhooks,
  ): Promise<{ webhooks: WebhookView[]; next_page: string | null }> {
    return this.webhooks.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  @Operation({ summary: 'Get a webhook', reply: WebhookReply })
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<{ webhook: WebhookView }> {
    return { webhook: await this.webhooks.get(caller, prn) };
  }

  @Patch(':prn')
  @RequireScope('configure')
  @Operation({
    summary: 'Change a webhook',
    description: 'Enabling it, or changing the URL of an enabled one, needs another test fire.',
    body: DOCUMENTED_SCHEMAS.update,
    reply: ChangedWebhookReply,
    refusal: WebhookRefusal,
    conflict: 'Others are changing the webhook at the same time.',
  })
  update(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @CallersBody(UpdateWebhookPipe) input: UpdateWebhook,
  ): Promise<{ webhook: WebhookView; replay_prn?: string }> {
    return this.webhooks.update(caller, prn, input);
  }

  @Delete(':prn')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('configure')
  @Operation({ summary: 'Delete a webhook' })
  async delete(@Caller() caller: Principal, @Param('prn') prn: string): Promise<void> {
    await this.webhooks.delete(caller, prn);
  }

  @Post(':prn/roll_secret')
  @HttpCode(HttpStatus.OK)
  @RequireScope('configure')
  @Operation({
    summary: 'Roll the secret of a webhook',
    description:
      'The old secret signs beside the new one for `webhook_ttl` seconds. The reply shows the new one, once.',
    body: RollSecret,
    reply: RevealedWebhookReply,
    conflict: 'Others are changing the webhook at the same time.',
  })
  async rollSecret(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(RollSecretPipe) input: RollSecret,
  ): Promise<{ webhook: RevealedWebhook }> {
    return { webhook: await this.secrets.roll(caller, prn, input) };
  }

  @Post(':prn/test_fire')
  @HttpCode(HttpStatus.OK)
  @RequireScope('configure')
  @Operation({
    summary: 'Send a test event to a webhook',
    description:
      'An event of its own, whatever the webhook is subscribed to: delivered, retried and recorded like any other.',
    reply: TestFireReply,
  })
  async testFire(@Caller() caller: Principal, @Param('prn') prn: string): Promise<{ event: Envelope }> {
    return { event: await this.webhooks.testFire(caller, prn) };
  }
}

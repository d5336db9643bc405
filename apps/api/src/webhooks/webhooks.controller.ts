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
import { CreateWebhookPipe, ListWebhooksPipe, RollSecretPipe, UpdateWebhookPipe } from './webhook-pipes.js';
import type { CreateWebhook, ListWebhooks, UpdateWebhook } from './webhook.schemas.js';
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
  async create(
    @Caller() caller: Principal,
    @Body(CreateWebhookPipe) input: CreateWebhook,
    @KeepsReply() keep: KeepReply,
  ): Promise<{ webhook: RevealedWebhook }> {
    return { webhook: await this.webhooks.create(caller, input, keep) };
  }

  @Get()
  @RequireScope('read')
  list(
    @Caller() caller: Principal,
    @Query(ListWebhooksPipe) query: ListWebhooks,
  ): Promise<{ webhooks: WebhookView[]; next_page: string | null }> {
    return this.webhooks.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<{ webhook: WebhookView }> {
    return { webhook: await this.webhooks.get(caller, prn) };
  }

  @Patch(':prn')
  @RequireScope('configure')
  update(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(UpdateWebhookPipe) input: UpdateWebhook,
  ): Promise<{ webhook: WebhookView; replay_prn?: string }> {
    return this.webhooks.update(caller, prn, input);
  }

  @Delete(':prn')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('configure')
  async delete(@Caller() caller: Principal, @Param('prn') prn: string): Promise<void> {
    await this.webhooks.delete(caller, prn);
  }

  @Post(':prn/roll_secret')
  @HttpCode(HttpStatus.OK)
  @RequireScope('configure')
  async rollSecret(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(RollSecretPipe) input: { overlapSeconds: number },
  ): Promise<{ webhook: RevealedWebhook }> {
    return { webhook: await this.secrets.roll(caller, prn, input.overlapSeconds) };
  }

  @Post(':prn/test_fire')
  @HttpCode(HttpStatus.OK)
  @RequireScope('configure')
  async testFire(@Caller() caller: Principal, @Param('prn') prn: string): Promise<{ event: Envelope }> {
    return { event: await this.webhooks.testFire(caller, prn) };
  }
}

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
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Idempotent, KeepsReply, type KeepReply } from '../idempotency/idempotency.interceptor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { API_KEY_PRN } from '../openapi/path-parameters.js';
import {
  ApiKeyReply,
  ApiKeysReply,
  CreateApiKey,
  ListByAge,
  RevealedApiKeyReply,
  UpdateApiKey,
} from './api-key.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

/** The keys of the caller's organization: shown once, when they are made. */
@Controller('api-keys')
@UseGuards(ApiKeyGuard)
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @RequireScope('configure')
  @Idempotent()
  @Operation({
    summary: 'Create an API key',
    description:
      'It can do no more than the key that asks. The reply shows it, once; it is known to the intake within a second or two, and announced by `api_key.created`.',
    reply: RevealedApiKeyReply,
    conflict: 'The organization has as many API keys as it may.',
    idempotent: true,
  })
  create(
    @Caller() caller: Principal,
    @Body(new ParsedPipe(CreateApiKey)) input: CreateApiKey,
    @KeepsReply() keep: KeepReply,
  ): Promise<RevealedApiKeyReply> {
    return this.keys.create(caller, input, keep);
  }

  @Get()
  @RequireScope('read')
  @Operation({ summary: 'List API keys', reply: ApiKeysReply })
  list(@Caller() caller: Principal, @Query(new ParsedPipe(ListByAge)) query: ListByAge): Promise<ApiKeysReply> {
    return this.keys.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  @Operation({ summary: 'Get an API key', path: { prn: API_KEY_PRN }, reply: ApiKeyReply })
  get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<ApiKeyReply> {
    return this.keys.get(caller, prn);
  }

  @Patch(':prn')
  @RequireScope('configure')
  @Operation({
    summary: 'Change an API key',
    description: 'To give it a longer life takes every scope that it has.',
    path: { prn: API_KEY_PRN },
    reply: ApiKeyReply,
  })
  update(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(UpdateApiKey)) input: UpdateApiKey,
  ): Promise<ApiKeyReply> {
    return this.keys.update(caller, prn, input);
  }

  @Delete(':prn')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('configure')
  @Operation({
    summary: 'Revoke an API key',
    description: 'For good: here at once, at the intake within a second or two.',
    path: { prn: API_KEY_PRN },
  })
  revoke(@Caller() caller: Principal, @Param('prn') prn: string): Promise<void> {
    return this.keys.revoke(caller, prn);
  }
}

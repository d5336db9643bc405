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
import {
  CreateApiKey,
  ListByAge,
  UpdateApiKey,
  type ApiKeyReply,
  type ApiKeysReply,
  type RevealedApiKeyReply,
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
  create(
    @Caller() caller: Principal,
    @Body(new ParsedPipe(CreateApiKey)) input: CreateApiKey,
    @KeepsReply() keep: KeepReply,
  ): Promise<RevealedApiKeyReply> {
    return this.keys.create(caller, input, keep);
  }

  @Get()
  @RequireScope('read')
  list(@Caller() caller: Principal, @Query(new ParsedPipe(ListByAge)) query: ListByAge): Promise<ApiKeysReply> {
    return this.keys.list(caller, query);
  }

  @Get(':prn')
  @RequireScope('read')
  get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<ApiKeyReply> {
    return this.keys.get(caller, prn);
  }

  @Patch(':prn')
  @RequireScope('configure')
  update(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(UpdateApiKey)) input: UpdateApiKey,
  ): Promise<ApiKeyReply> {
    return this.keys.update(caller, prn, input);
  }

  /** Revokes it, for good: here at once, at the intake within a second or two. */
  @Delete(':prn')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('configure')
  revoke(@Caller() caller: Principal, @Param('prn') prn: string): Promise<void> {
    return this.keys.revoke(caller, prn);
  }
}

import { Body, Controller, Get, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import type { Author } from '@fleethook/store';
import {
  CreateFirstApiKey,
  ListByAge,
  type CreateApiKey,
  type RevealedApiKeyReply,
} from '../api-keys/api-key.schemas.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { OperatorGuard } from '../auth/operator.guard.js';
import { Operator } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Idempotent, KeepsReply, type KeepReply } from '../idempotency/idempotency.interceptor.js';
import {
  CreateOrganization,
  UpdateOrganization,
  type OrganizationReply,
  type OrganizationsReply,
} from './organization.schemas.js';
import { OrganizationsService } from './organizations.service.js';

/** For whoever runs Fleethook: customers, and the key with which each of them begins. */
@Controller('organizations')
@UseGuards(OperatorGuard)
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly keys: ApiKeysService,
  ) {}

  @Post()
  @Idempotent()
  create(
    @Operator() operator: Author,
    @Body(new ParsedPipe(CreateOrganization)) input: CreateOrganization,
    @KeepsReply() keep: KeepReply,
  ): Promise<OrganizationReply> {
    return this.organizations.create(operator, input, keep);
  }

  @Get()
  list(@Query(new ParsedPipe(ListByAge)) query: ListByAge): Promise<OrganizationsReply> {
    return this.organizations.list(query);
  }

  @Get(':prn')
  get(@Param('prn') prn: string): Promise<OrganizationReply> {
    return this.organizations.get(prn);
  }

  @Patch(':prn')
  update(
    @Operator() operator: Author,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(UpdateOrganization)) input: UpdateOrganization,
  ): Promise<OrganizationReply> {
    return this.organizations.update(operator, prn, input);
  }

  /** The first key of an organization, or another one when it has lost all of its own. */
  @Post(':prn/api-keys')
  @Idempotent()
  async createKey(
    @Operator() operator: Author,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(CreateFirstApiKey)) input: CreateApiKey,
    @KeepsReply() keep: KeepReply,
  ): Promise<RevealedApiKeyReply> {
    const organization = await this.organizations.find(prn);
    return this.keys.make(organization.prn, input, operator, keep);
  }
}

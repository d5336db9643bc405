import { Body, Controller, Get, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import type { Author } from '@fleethook/store';
import { CreateFirstApiKey, ListByAge, RevealedApiKeyReply, type CreateApiKey } from '../api-keys/api-key.schemas.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { OperatorGuard } from '../auth/operator.guard.js';
import { Operator } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Idempotent, KeepsReply, type KeepReply } from '../idempotency/idempotency.interceptor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { ORGANIZATION_PRN } from '../openapi/path-parameters.js';
import {
  CreateOrganization,
  OrganizationReply,
  OrganizationsReply,
  UpdateOrganization,
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
  @Operation({ summary: 'Create an organization', reply: OrganizationReply, access: 'operator', idempotent: true })
  create(
    @Operator() operator: Author,
    @Body(new ParsedPipe(CreateOrganization)) input: CreateOrganization,
    @KeepsReply() keep: KeepReply,
  ): Promise<OrganizationReply> {
    return this.organizations.create(operator, input, keep);
  }

  @Get()
  @Operation({ summary: 'List organizations', reply: OrganizationsReply, access: 'operator' })
  list(@Query(new ParsedPipe(ListByAge)) query: ListByAge): Promise<OrganizationsReply> {
    return this.organizations.list(query);
  }

  @Get(':prn')
  @Operation({
    summary: 'Get an organization',
    path: { prn: ORGANIZATION_PRN },
    reply: OrganizationReply,
    access: 'operator',
  })
  get(@Param('prn') prn: string): Promise<OrganizationReply> {
    return this.organizations.get(prn);
  }

  @Patch(':prn')
  @Operation({
    summary: 'Rename an organization',
    path: { prn: ORGANIZATION_PRN },
    reply: OrganizationReply,
    access: 'operator',
  })
  update(
    @Operator() operator: Author,
    @Param('prn') prn: string,
    @Body(new ParsedPipe(UpdateOrganization)) input: UpdateOrganization,
  ): Promise<OrganizationReply> {
    return this.organizations.update(operator, prn, input);
  }

  @Post(':prn/api-keys')
  @Idempotent()
  @Operation({
    summary: 'Create an API key of an organization',
    description:
      'The first one, or another when it has lost all of its own. With all scopes unless told otherwise; the reply shows the key, once.',
    path: { prn: ORGANIZATION_PRN },
    reply: RevealedApiKeyReply,
    access: 'operator',
    conflict: 'The organization has as many API keys as it may.',
    idempotent: true,
  })
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

import { Body, Controller, Get, Patch, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { timestampOf } from '@fleethook/events';
import { OrganizationSettingsQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { authorOf, Caller, type Principal } from '../auth/principal.js';
import { notFound } from '../errors/problems.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Operation } from '../openapi/operation.decorator.js';
import { disableAfterOf, OrganizationReply, UpdateOrganization } from './organization.schemas.js';

/** The caller's own organization, and what it may set itself. */
@Controller('organization')
@UseGuards(ApiKeyGuard)
export class OrganizationController {
  constructor(private readonly settings: OrganizationSettingsQueries) {}

  @Get()
  @RequireScope('read')
  @Operation({ summary: 'Get the own organization', reply: OrganizationReply })
  get(@Caller() caller: Principal): Promise<z.infer<typeof OrganizationReply>> {
    return this.#shown(caller);
  }

  @Patch()
  @RequireScope('configure')
  @Operation({ summary: 'Change the own organization', reply: OrganizationReply })
  async update(
    @Caller() caller: Principal,
    @Body(new ParsedPipe(UpdateOrganization)) input: UpdateOrganization,
  ): Promise<z.infer<typeof OrganizationReply>> {
    if (input.disable_after !== undefined)
      await this.settings.setDisableAfter(caller.organization, input.disable_after.hours, authorOf(caller));
    return this.#shown(caller);
  }

  async #shown(caller: Principal): Promise<z.infer<typeof OrganizationReply>> {
    const found = await this.settings.find(caller.organization);
    if (found === undefined) throw notFound();
    return {
      organization: {
        prn: caller.organization,
        name: found.name,
        disable_after: disableAfterOf(found.disableAfterHours),
        inserted_at: timestampOf(found.insertedAt.getTime()),
      },
    };
  }
}

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
import {
  EventTypeReply,
  EventTypesReply,
  ListEventTypes,
  RegisterEventType,
  UpdateEventType,
} from './event-type.schemas.js';
import { EventTypesService } from './event-types.service.js';

@Controller('event-types')
@UseGuards(ApiKeyGuard)
export class EventTypesController {
  constructor(private readonly eventTypes: EventTypesService) {}

  @Post()
  @RequireScope('configure')
  @Idempotent()
  @Operation({
    summary: 'Register a type of events',
    description: 'Known to the intake within two seconds; a payload that does not fit the schema is refused there.',
    reply: EventTypeReply,
    conflict: 'The organization has registered as many types as it may.',
    idempotent: true,
  })
  register(
    @Caller() caller: Principal,
    @Body(new ParsedPipe(RegisterEventType)) input: RegisterEventType,
    @KeepsReply() keep: KeepReply,
  ): Promise<EventTypeReply> {
    return this.eventTypes.register(caller, input, keep);
  }

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'List the types of events',
    description:
      'Those that come with the platform and those that the organization registered, in the order of their names.',
    reply: EventTypesReply,
  })
  list(
    @Caller() caller: Principal,
    @Query(new ParsedPipe(ListEventTypes)) query: ListEventTypes,
  ): Promise<EventTypesReply> {
    return this.eventTypes.list(caller, query);
  }

  @Get(':name')
  @RequireScope('read')
  @Operation({ summary: 'Get a type of events', reply: EventTypeReply })
  async get(@Caller() caller: Principal, @Param('name') name: string): Promise<EventTypeReply> {
    return { event_type: await this.eventTypes.get(caller, name) };
  }

  @Patch(':name')
  @RequireScope('configure')
  @Operation({
    summary: 'Change a registered type of events',
    description: 'The example must fit the schema as both are afterwards. A name cannot be changed.',
    reply: EventTypeReply,
    conflict: 'The type comes with the platform, or others are changing it.',
  })
  async update(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body(new ParsedPipe(UpdateEventType)) input: UpdateEventType,
  ): Promise<EventTypeReply> {
    return { event_type: await this.eventTypes.update(caller, name, input) };
  }

  @Delete(':name')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('configure')
  @Operation({
    summary: 'Remove a registered type of events',
    conflict: 'The type comes with the platform, or webhooks are subscribed to it: the first of them are named.',
  })
  remove(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    return this.eventTypes.remove(caller, name);
  }
}

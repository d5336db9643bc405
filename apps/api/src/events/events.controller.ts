import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { isPrn, organizationOf } from '@fleethook/events';
import { EventQueries, type EventListing } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { notFound } from '../errors/problems.js';
import { acceptedAtOf, boundCursor, narrowedBy, positionIn } from '../listing/bound-cursor.js';
import type { Cursor } from '../listing/cursor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { EVENT_PRN } from '../openapi/path-parameters.js';
import { EventReply, EventsReply, ListEvents } from './event.schemas.js';
import { eventView } from './event.view.js';

/** Every event that was accepted, whether a webhook wanted it or not, as far as the history has been written. */
@Controller('events')
@UseGuards(ApiKeyGuard)
export class EventsController {
  constructor(private readonly events: EventQueries) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'List events',
    description:
      'Every event that was accepted, whether a webhook wanted it or not, as far as the history has been written; failed requests as `webhook.request_failed` among them. A page may hold fewer than `limit`, and none, and not be the last: `next_page` says.',
    reply: EventsReply,
  })
  async list(
    @Caller() caller: Principal,
    @Query(new ParsedPipe(ListEvents)) query: ListEvents,
  ): Promise<z.infer<typeof EventsReply>> {
    const { limit, page, order, ...filters } = query;
    const listing = ['events', caller.organization, order, narrowedBy(filters)];
    const after = positionIn(listing, page);
    if (namesAnother(caller, query)) return { events: [], next_page: null };
    const { events, end } = await this.events.list({
      organization: caller.organization,
      order,
      limit,
      after: after === undefined ? undefined : positionOf(after),
      insertedFrom: filters.inserted_at_gte,
      insertedBefore: filters.inserted_at_lt,
      type: filters.type,
      subtype: filters.subtype,
      actor: filters.actor_prn,
      resource: filters.resource_prn,
      device: filters.device_prn,
      identifier: filters.identifier,
      cohort: filters.cohort_prn,
      tag: filters.tag,
    });
    return {
      events: events.map(eventView),
      next_page: end === undefined ? null : boundCursor(listing, cursorOf(end)),
    };
  }

  @Get(':prn')
  @RequireScope('read')
  @Operation({ summary: 'Get an event', path: { prn: EVENT_PRN }, reply: EventReply })
  async get(@Caller() caller: Principal, @Param('prn') prn: string): Promise<z.infer<typeof EventReply>> {
    if (!isPrn(prn, 'event') || organizationOf(prn) !== caller.organization) throw notFound();
    const event = await this.events.find(prn);
    if (event === undefined) throw notFound();
    return { event: eventView(event) };
  }
}

type Position = NonNullable<EventListing['after']>;

function cursorOf({ insertedAt, event, acceptedAt }: Position): Cursor {
  return { atMs: insertedAt.getTime(), id: event, acceptedAtMs: acceptedAt.getTime() };
}

function positionOf(cursor: Cursor): Position {
  return { insertedAt: new Date(cursor.atMs), event: cursor.id, acceptedAt: acceptedAtOf(cursor) };
}

/** Another organization's device has no events here, whatever its UUID; users belong to none. */
function namesAnother(caller: Principal, query: ListEvents): boolean {
  return [query.actor_prn, query.resource_prn, query.device_prn, query.cohort_prn].some(
    (prn) => prn !== undefined && !prn.startsWith('prn:1:user:') && !prn.startsWith(caller.organization),
  );
}

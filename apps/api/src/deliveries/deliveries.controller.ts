import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { isPrn, organizationOf } from '@fleethook/events';
import { EventQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { notFound } from '../errors/problems.js';
import { Operation } from '../openapi/operation.decorator.js';
import { EVENT_PRN } from '../openapi/path-parameters.js';
import { OwnedWebhooks } from '../webhooks/owned-webhook.js';
import { DeliveryLists } from './delivery-lists.js';
import { DeliveriesReply, DeliveryReply, ListDeliveries, MAX_SERIES } from './delivery.schemas.js';

type Deliveries = z.infer<typeof DeliveriesReply>;
type Delivery = z.infer<typeof DeliveryReply>;

const NEWEST_FIRST = 'Newest first, as far as the history has been written.';
const IN_FULL = `The newest series, with every attempt of the newest ${MAX_SERIES} series.`;

const ListQuery = (): ParameterDecorator => Query(new ParsedPipe(ListDeliveries));

/** What became of every event for every webhook that it was for, as far as the history has been written. */
@Controller()
@UseGuards(ApiKeyGuard)
export class DeliveriesController {
  constructor(
    private readonly owned: OwnedWebhooks,
    private readonly events: EventQueries,
    private readonly lists: DeliveryLists,
  ) {}

  @Get('deliveries')
  @RequireScope('read')
  @Operation({
    summary: 'List deliveries',
    description: `Of all webhooks. ${NEWEST_FIRST}`,
    reply: DeliveriesReply,
  })
  list(@Caller() caller: Principal, @ListQuery() query: ListDeliveries): Promise<Deliveries> {
    return this.lists.page(caller, { organization: caller.organization }, query);
  }

  @Get('deliveries/:id')
  @RequireScope('read')
  @Operation({ summary: 'Get a delivery', description: IN_FULL, reply: DeliveryReply })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Delivery> {
    return this.lists.one(caller, id, () => true);
  }

  @Get('webhooks/:prn/deliveries')
  @RequireScope('read')
  @Operation({ summary: 'List the deliveries of a webhook', description: NEWEST_FIRST, reply: DeliveriesReply })
  async listOfWebhook(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @ListQuery() query: ListDeliveries,
  ): Promise<Deliveries> {
    const { prn: webhook } = await this.owned.get(caller, prn);
    return this.lists.page(caller, { webhook }, query);
  }

  @Get('webhooks/:prn/deliveries/:id')
  @RequireScope('read')
  @Operation({ summary: 'Get a delivery of a webhook', description: IN_FULL, reply: DeliveryReply })
  async getOfWebhook(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Param('id') id: string,
  ): Promise<Delivery> {
    const { prn: webhook } = await this.owned.get(caller, prn);
    return this.lists.one(caller, id, (delivery) => delivery.webhook === webhook);
  }

  @Get('events/:prn/deliveries')
  @RequireScope('read')
  @Operation({
    summary: 'List the deliveries of an event',
    description: NEWEST_FIRST,
    path: { prn: EVENT_PRN },
    reply: DeliveriesReply,
  })
  async listOfEvent(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @ListQuery() query: ListDeliveries,
  ): Promise<Deliveries> {
    if (!isPrn(prn, 'event') || organizationOf(prn) !== caller.organization) throw notFound();
    if ((await this.events.find(prn)) === undefined) throw notFound();
    return this.lists.page(caller, { event: prn }, query);
  }
}

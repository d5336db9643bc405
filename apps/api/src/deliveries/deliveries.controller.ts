import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { HistoryQueries } from '@fleethook/store';
import { ApiKeyGuard, RequireScope } from '../auth/api-key.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { notFound } from '../errors/problems.js';
import { encodeCursor } from '../listing/cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { Operation } from '../openapi/operation.decorator.js';
import { OwnedWebhooks } from '../webhooks/owned-webhook.js';
import { DeliveriesReply, DeliveryReply } from './delivery.replies.js';
import { ListDeliveries, ListDeliveriesPipe, UUID } from './delivery.schemas.js';
import { attemptView, deliveryView, type AttemptView, type DeliveryView } from './delivery.view.js';

/** What became of a webhook's deliveries, as far as the history has been written. */
@Controller('webhooks/:prn/deliveries')
@UseGuards(ApiKeyGuard)
export class DeliveriesController {
  constructor(
    private readonly owned: OwnedWebhooks,
    private readonly history: HistoryQueries,
  ) {}

  @Get()
  @RequireScope('read')
  @Operation({
    summary: 'List the deliveries of a webhook',
    description: 'Newest first, as far as the history has been written.',
    query: ListDeliveries,
    reply: DeliveriesReply,
  })
  async list(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Query(ListDeliveriesPipe) query: ListDeliveries,
  ): Promise<{ deliveries: DeliveryView[]; next_page: string | null }> {
    const webhook = await this.owned.get(caller, prn);
    const found = await this.history.deliveries({
      webhook: webhook.prn,
      status: query.status,
      limit: query.limit + 1,
      after:
        query.page === undefined
          ? undefined
          : { acceptedAt: new Date(query.page.atMs), delivery: query.page.id, series: query.page.series ?? '' },
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      deliveries: rows.map(deliveryView),
      next_page:
        last === undefined
          ? null
          : encodeCursor({ atMs: last.acceptedAt.getTime(), id: last.delivery, series: last.series }),
    };
  }

  /** With every attempt of every series, in the order they began. */
  @Get(':id')
  @RequireScope('read')
  @Operation({ summary: 'Get a delivery with every attempt', reply: DeliveryReply })
  async get(
    @Caller() caller: Principal,
    @Param('prn') prn: string,
    @Param('id') id: string,
  ): Promise<{ delivery: DeliveryView & { attempts: AttemptView[] } }> {
    const webhook = await this.owned.get(caller, prn);
    if (!UUID.test(id)) throw notFound();
    const series = await this.history.delivery(webhook.prn, id);
    const [newest] = series;
    if (newest === undefined) throw notFound();
    const attempts = await Promise.all(series.map((one) => this.history.attempts(one)));
    const inOrder = attempts.flat().toSorted((left, right) => left.startedAt.getTime() - right.startedAt.getTime());
    return { delivery: { ...deliveryView(newest), attempts: inOrder.map(attemptView) } };
  }
}

import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { HistoryQueries, type DeliveryOwner, type DeliveryPosition, type DeliveryRecord } from '@fleethook/store';
import type { Principal } from '../auth/principal.js';
import { notFound } from '../errors/problems.js';
import { acceptedAtOf, boundCursor, narrowedBy, positionIn } from '../listing/bound-cursor.js';
import type { Cursor } from '../listing/cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { UUID } from '../listing/reply-fields.js';
import { MAX_SERIES, type DeliveriesReply, type DeliveryReply, type ListDeliveries } from './delivery.schemas.js';
import { attemptView, deliveryView } from './delivery.view.js';
import { SentRequests } from './sent-request.js';

const DELIVERY_ID = new RegExp(`^${UUID}$`);

/** The deliveries of a webhook, an event or an organization as pages, and one with all its attempts. */
@Injectable()
export class DeliveryLists {
  constructor(
    private readonly history: HistoryQueries,
    private readonly requests: SentRequests,
  ) {}

  /** @param owner is the caller's */
  async page(
    caller: Principal,
    owner: DeliveryOwner,
    { limit, page, ...filters }: ListDeliveries,
  ): Promise<z.infer<typeof DeliveriesReply>> {
    const listing = ['deliveries', JSON.stringify(owner), narrowedBy(filters)];
    const after = positionIn(listing, page);
    const { device_prn: device } = filters;
    if (device?.startsWith(caller.organization) === false) return { deliveries: [], next_page: null };
    const found = await this.history.deliveries({
      ...owner,
      status: filters.status,
      name: filters.type,
      outcome: filters.outcome,
      device,
      acceptedFrom: filters.inserted_at_gte,
      acceptedBefore: filters.inserted_at_lt,
      after: after === undefined ? undefined : positionOf(after),
      limit: limit + 1,
    });
    const { rows, last } = pageOf(found, limit);
    const nowMs = Date.now();
    return {
      deliveries: rows.map((row) => deliveryView(row, nowMs)),
      next_page: last === undefined ? null : boundCursor(listing, cursorOf(last)),
    };
  }

  /**
   * @param isWanted of the series that are found
   * @throws Refusal 404
   */
  async one(
    caller: Principal,
    id: string,
    isWanted: (delivery: DeliveryRecord) => boolean,
  ): Promise<z.infer<typeof DeliveryReply>> {
    if (!DELIVERY_ID.test(id)) throw notFound();
    const found = await this.history.deliveryOf(caller.organization, id, MAX_SERIES + 1);
    const series = found.slice(0, MAX_SERIES).filter(isWanted);
    const [newest] = series;
    if (newest === undefined) throw notFound();
    const attempts = await this.history.attempts(series);
    const latest = attempts.at(-1);
    const nowMs = Date.now();
    return {
      delivery: {
        ...deliveryView(newest, nowMs),
        attempts: attempts.map(attemptView),
        all_series: series.map((one) => deliveryView(one, nowMs)),
        more_series: found.length > MAX_SERIES,
        request: latest === undefined ? null : await this.requests.of(caller, newest, latest),
      },
    };
  }
}

/** Of a device's list the time is its event's, and the event stands before the delivery. */
function cursorOf({ acceptedAt, delivery, series, ofEvent }: DeliveryRecord): Cursor {
  if (ofEvent === undefined) return { atMs: acceptedAt.getTime(), id: delivery, series };
  return {
    atMs: ofEvent.insertedAt.getTime(),
    id: `${ofEvent.event}:${delivery}`,
    series,
    acceptedAtMs: acceptedAt.getTime(),
  };
}

function positionOf(cursor: Cursor): DeliveryPosition {
  const { atMs, id, series = '' } = cursor;
  const [first = '', second] = id.split(':');
  const at = new Date(atMs);
  if (second === undefined) return { acceptedAt: at, delivery: first, series };
  return { acceptedAt: acceptedAtOf(cursor), delivery: second, series, ofEvent: { insertedAt: at, event: first } };
}

import type { Command } from 'commander';
import type { QueryOf, Schemas } from '@fleethook/contract';
import type { ApiClient, Page } from '../connection/api-client.js';
import { apiTime, apiTimeAfter, parseMomentOption } from '../values/moment.js';

/** The same for the deliveries of all webhooks, of one, or of one event. */
export type DeliveryQuery = QueryOf<'GET /deliveries'>;

export interface DeliveryFilterOptions {
  readonly webhook?: string;
  readonly event?: string;
  readonly status?: Schemas['DeliveryStatus'];
  readonly type?: string;
  readonly outcome?: Schemas['DeliveryOutcome'];
  readonly device?: string;
  readonly since?: Date;
  readonly until?: Date;
}

/** Of the time at which the event was accepted. */
export function windowOptions(command: Command): Command {
  return command
    .option('--since <time>', 'accepted from then on: 2h (ago), 2026-01-31T12:00:00Z', parseMomentOption)
    .option('--until <time>', 'accepted before then', parseMomentOption);
}

export function windowQuery(options: { readonly since?: Date; readonly until?: Date }): DeliveryQuery {
  return {
    inserted_at_gte: options.since === undefined ? undefined : apiTime(options.since),
    inserted_at_lt: options.until === undefined ? undefined : apiTimeAfter(options.until),
  };
}

/** Of all webhooks, of one, or of one event. */
export async function deliveriesOf(
  api: ApiClient,
  owner: Pick<DeliveryFilterOptions, 'event' | 'webhook'>,
  query: DeliveryQuery,
  limit: number,
  page?: string,
): Promise<Page<Schemas['Delivery']>> {
  if (owner.event !== undefined) {
    const path = { prn: await api.prnOf('event', owner.event) };
    return api.list('GET /events/{prn}/deliveries', { path, query }, limit, page);
  }
  if (owner.webhook !== undefined) {
    const path = { prn: await api.prnOf('webhook', owner.webhook) };
    return api.list('GET /webhooks/{prn}/deliveries', { path, query }, limit, page);
  }
  return api.list('GET /deliveries', { query }, limit, page);
}

export async function deliveryQuery(api: ApiClient, options: DeliveryFilterOptions): Promise<DeliveryQuery> {
  return {
    status: options.status,
    type: options.type,
    outcome: options.outcome,
    device_prn: options.device === undefined ? undefined : await api.prnOf('device', options.device),
    ...windowQuery(options),
  };
}

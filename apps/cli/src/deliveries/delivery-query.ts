import type { Command } from 'commander';
import type { ApiClient, Query } from '../connection/api-client.js';
import { apiTime, apiTimeAfter, parseMomentOption } from '../values/moment.js';

export interface DeliveryFilterOptions {
  readonly webhook?: string;
  readonly event?: string;
  readonly status?: string;
  readonly type?: string;
  readonly outcome?: string;
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

export function windowQuery(options: { readonly since?: Date; readonly until?: Date }): Query {
  return {
    inserted_at_gte: options.since === undefined ? undefined : apiTime(options.since),
    inserted_at_lt: options.until === undefined ? undefined : apiTimeAfter(options.until),
  };
}

/** Of all webhooks, of one, or of one event. */
export async function deliveriesPath(api: ApiClient, options: DeliveryFilterOptions): Promise<string> {
  if (options.event !== undefined) return `/events/${await api.prnOf('event', options.event)}/deliveries`;
  if (options.webhook !== undefined) return `/webhooks/${await api.prnOf('webhook', options.webhook)}/deliveries`;
  return '/deliveries';
}

export async function deliveryQuery(api: ApiClient, options: DeliveryFilterOptions): Promise<Query> {
  return {
    status: options.status,
    type: options.type,
    outcome: options.outcome,
    device_prn: options.device === undefined ? undefined : await api.prnOf('device', options.device),
    ...windowQuery(options),
  };
}

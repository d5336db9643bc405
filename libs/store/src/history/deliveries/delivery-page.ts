import type { EventName, Prn } from '@fleethook/events';
import { organizationUuid, ownUuid } from '../columns.js';
import type { EventPlace } from '../events/event-page.js';
import { Parameters } from '../parameters.js';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
/** `failed`: given up, see `deadReason`. A delivery that failed and will be tried again is pending. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Where a page of deliveries ended. */
export interface DeliveryPosition {
  readonly acceptedAt: Date;
  readonly delivery: string;
  readonly series: string;
  /** Of a device's deliveries, which are in the order of its events. */
  readonly ofEvent?: EventPlace | undefined;
}

/** Whose deliveries: of one webhook, of one event, or all of an organization. */
export type DeliveryOwner =
  | { readonly webhook: Prn<'webhook'> }
  | { readonly event: Prn<'event'> }
  | { readonly organization: Prn<'organization'> };

export interface DeliveryFilters {
  readonly status?: DeliveryStatus | undefined;
  readonly name?: EventName | undefined;
  /** Of the deciding attempt. */
  readonly outcome?: string | undefined;
  readonly device?: Prn<'device'> | undefined;
  readonly acceptedFrom?: Date | undefined;
  readonly acceptedBefore?: Date | undefined;
}

export type DeliveryListing = DeliveryOwner &
  DeliveryFilters & { readonly after?: DeliveryPosition | undefined; readonly limit: number };

// Written like the predicates of the partial indexes, so that they are found.
const STATUS_CONDITIONS: Readonly<Record<DeliveryStatus, string>> = {
  pending: 'd.delivered_at IS NULL AND d.dead_at IS NULL',
  delivered: 'd.delivered_at IS NOT NULL',
  failed: 'd.delivered_at IS NULL AND d.dead_at IS NOT NULL',
};

/** Newest first: by acceptance, and a device's by its events. */
export function deliveryPage(columns: string, listing: DeliveryListing): { sql: string; parameters: unknown[] } {
  const parameters = new Parameters();
  const limit = parameters.add(listing.limit);
  const conditions = [...ownerConditions(listing, parameters), ...filterConditions(listing, parameters)];
  const { device, after } = listing;
  if (device !== undefined) return devicePage(columns, conditions, { device, after, limit }, parameters);
  if (after !== undefined) {
    const at = parameters.add(after.acceptedAt);
    // The first says the same of the days alone: it is what leaves the later ones out.
    conditions.push(
      `d.accepted_at <= ${at}`,
      `(d.accepted_at, d.delivery_id, d.series) < (${at}, ${parameters.add(after.delivery)}, ${parameters.add(after.series)})`,
    );
  }
  return {
    sql: `SELECT ${columns} FROM deliveries d WHERE ${conditions.join(' AND ')}
      ORDER BY d.accepted_at DESC, d.delivery_id DESC, d.series DESC LIMIT ${limit}`,
    parameters: parameters.values,
  };
}

/**
 * A delivery does not know its device: its event does. So a device's events are walked, newest first, and each one's deliveries are looked
 * up; a column and an index more would cost every delivery, of which there are many for each that is looked for in this way.
 */
function devicePage(
  columns: string,
  conditions: string[],
  of: { device: Prn<'device'>; after: DeliveryPosition | undefined; limit: string },
  parameters: Parameters,
): { sql: string; parameters: unknown[] } {
  conditions.push(
    `e.organization = ${parameters.add(organizationUuid(of.device))}`,
    `e.device = ${parameters.add(ownUuid(of.device))}`,
  );
  const { after } = of;
  if (after?.ofEvent !== undefined) {
    const event = `${parameters.add(after.ofEvent.insertedAt)}, ${parameters.add(after.ofEvent.event)}`;
    const delivery = `${parameters.add(after.acceptedAt)}, ${parameters.add(after.delivery)}, ${parameters.add(after.series)}`;
    conditions.push(
      `(e.inserted_at, e.event) <= (${event})`,
      `(e.inserted_at, e.event, d.accepted_at, d.delivery_id, d.series) < (${event}, ${delivery})`,
    );
  }
  // An event that was sent again within a day is one row of events, and has deliveries of both times, told apart by nothing else.
  return {
    sql: `SELECT ${columns}, e.inserted_at AS event_inserted_at FROM events e JOIN deliveries d
      ON d.event = e.event AND d.organization = e.organization
        AND d.accepted_at >= e.accepted_at AND d.accepted_at <= e.accepted_at + interval '1 day'
      WHERE ${conditions.join(' AND ')}
      ORDER BY e.inserted_at DESC, e.event DESC, d.accepted_at DESC, d.delivery_id DESC, d.series DESC LIMIT ${of.limit}`,
    parameters: parameters.values,
  };
}

function ownerConditions(owner: DeliveryOwner, parameters: Parameters): string[] {
  // A webhook's UUID is of our making; an event's can be a producer's, and another organization's as well.
  if ('webhook' in owner) return [`d.webhook = ${parameters.add(ownUuid(owner.webhook))}`];
  if ('event' in owner)
    return [`d.event = ${parameters.add(ownUuid(owner.event))}`, organizationIs(owner.event, parameters)];
  return [organizationIs(owner.organization, parameters)];
}

function filterConditions(filters: DeliveryFilters, parameters: Parameters): string[] {
  const conditions: string[] = [];
  const { status, name, outcome, acceptedFrom, acceptedBefore } = filters;
  if (status !== undefined) conditions.push(STATUS_CONDITIONS[status]);
  if (name !== undefined) conditions.push(`d.name = ${parameters.add(name)}`);
  if (outcome !== undefined) {
    conditions.push(`d.outcome = ${parameters.add(outcome)}`);
    if (outcome !== 'delivered') conditions.push('d.delivered_at IS NULL');
  }
  if (acceptedFrom !== undefined) conditions.push(`d.accepted_at >= ${parameters.add(acceptedFrom)}`);
  if (acceptedBefore !== undefined) conditions.push(`d.accepted_at < ${parameters.add(acceptedBefore)}`);
  return conditions;
}

function organizationIs(prn: string, parameters: Parameters): string {
  return `d.organization = ${parameters.add(organizationUuid(prn))}`;
}

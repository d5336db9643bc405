import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Prn } from '@fleethook/events';
import { WebhookEntity } from '../entities/webhook.entity.js';

/** Where a page starts: after this webhook, in the order of the list. */
export interface WebhookPosition {
  readonly insertedAtMs: number;
  readonly prn: string;
}

/** One condition of a search; times are whole seconds, as clients see them. */
export type WebhookFilter =
  | { readonly field: 'prn' | 'organization_prn' | 'description'; readonly operator: 'equals'; readonly value: string }
  | { readonly field: 'description'; readonly operator: 'contains'; readonly value: string }
  | {
      readonly field: 'inserted_at' | 'updated_at';
      readonly operator: 'equals' | 'before' | 'not_after' | 'after' | 'not_before';
      readonly value: Date;
    };

export interface WebhookListing {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after: WebhookPosition | undefined;
  readonly filters: readonly WebhookFilter[];
}

/** An organization's webhooks, as far as the filters go, a page of them. */
export function listed(
  manager: EntityManager,
  organization: Prn<'organization'>,
  listing: WebhookListing,
): Promise<WebhookEntity[]> {
  const direction = listing.order === 'asc' ? 'ASC' : 'DESC';
  const query = manager
    .createQueryBuilder(WebhookEntity, 'w')
    .where('w.organizationPrn = :organization', { organization })
    .orderBy('w.insertedAt', direction)
    .addOrderBy('w.prn', direction)
    .take(listing.limit);
  if (listing.after !== undefined) {
    query.andWhere(`(w.insertedAt, w.prn) ${listing.order === 'asc' ? '>' : '<'} (:insertedAt, :prn)`, {
      insertedAt: new Date(listing.after.insertedAtMs),
      prn: listing.after.prn,
    });
  }
  listing.filters.forEach((filter, index) => narrow(query, filter, `filter${index}`));
  return query.getMany();
}

const COLUMNS = {
  prn: 'w.prn',
  organization_prn: 'w.organizationPrn',
  description: 'w.description',
  inserted_at: "date_trunc('second', w.insertedAt)",
  updated_at: "date_trunc('second', w.updatedAt)",
} as const;

const COMPARISONS = { equals: '=', before: '<', not_after: '<=', after: '>', not_before: '>=' } as const;

function narrow(query: SelectQueryBuilder<WebhookEntity>, filter: WebhookFilter, name: string): void {
  const column = COLUMNS[filter.field];
  switch (filter.operator) {
    case 'contains':
      query.andWhere(`strpos(${column}, :${name}) > 0`, { [name]: filter.value });
      return;
    case 'equals':
    case 'before':
    case 'not_after':
    case 'after':
    case 'not_before':
      query.andWhere(`${column} ${COMPARISONS[filter.operator]} :${name}`, { [name]: filter.value });
  }
}

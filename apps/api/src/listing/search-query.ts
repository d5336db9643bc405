import { beginningOf } from '@fleethook/events';
import type { WebhookFilter } from '@fleethook/store';
import { faultAt, readSearch, type SearchClause, type SearchOperator } from './search-language.js';

/** `messages`: everything that is wrong, each with its place. */
export type SearchResult<T> = { kind: 'parsed'; clauses: T[] } | { kind: 'invalid'; messages: string[] };

/** The filters of a search over webhooks. An empty text searches for nothing: Peridio's client always sends the parameter. */
export function parseWebhookSearch(text: string): SearchResult<WebhookFilter> {
  const syntax = readSearch(text);
  if (syntax.kind === 'fault') return { kind: 'invalid', messages: [syntax.message] };
  const filters: WebhookFilter[] = [];
  const messages: string[] = [];
  for (const clause of syntax.clauses) {
    const filter = filterOf(clause);
    if (typeof filter === 'string') messages.push(filter);
    else filters.push(filter);
  }
  return messages.length > 0 ? { kind: 'invalid', messages } : { kind: 'parsed', clauses: filters };
}

const OPERATORS_OF: Readonly<Record<WebhookFilter['field'], readonly SearchOperator[]>> = {
  description: [':', '~'],
  prn: [':'],
  organization_prn: [':'],
  inserted_at: [':', '<', '<=', '>', '>='],
  updated_at: [':', '<', '<=', '>', '>='],
};
const COMPARISONS = { ':': 'equals', '<': 'before', '<=': 'not_after', '>': 'after', '>=': 'not_before' } as const;
const MAX_SHOWN_CHARACTERS = 64;

/** A filter, or in words why there is none. */
function filterOf({ key, operator, value }: SearchClause): WebhookFilter | string {
  const field = key.text;
  if (!isField(field))
    return faultAt(
      key.at,
      `${beginningOf(field, MAX_SHOWN_CHARACTERS)} is not a key of webhooks (${Object.keys(OPERATORS_OF).join(', ')})`,
    );
  const operators = OPERATORS_OF[field];
  if (!operators.includes(operator.text))
    return faultAt(operator.at, `${field} can be searched with ${operators.join(' ')} only`);
  if (field === 'inserted_at' || field === 'updated_at') {
    const time = value.isQuoted ? dateTimeOf(value.text) : undefined;
    if (time === undefined || !isComparison(operator.text))
      return faultAt(value.at, `${field} needs a date-time such as '2026-01-01T00:00:00Z'`);
    return { field, operator: COMPARISONS[operator.text], value: time };
  }
  if (!value.isQuoted) return faultAt(value.at, `${field} needs a text in single quotes`);
  if (field === 'description' && operator.text === '~') return { field, operator: 'contains', value: value.text };
  return { field, operator: 'equals', value: value.text };
}

function isField(key: string): key is WebhookFilter['field'] {
  return Object.hasOwn(OPERATORS_OF, key);
}

function isComparison(operator: SearchOperator): operator is keyof typeof COMPARISONS {
  return Object.hasOwn(COMPARISONS, operator);
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function dateTimeOf(text: string): Date | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const date = new Date(text);
  // 30 February parses as 2 March.
  return Number.isNaN(date.getTime()) || `${date.toISOString().slice(0, 19)}Z` !== text ? undefined : date;
}

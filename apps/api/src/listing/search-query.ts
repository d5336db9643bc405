import type { WebhookFilter } from '@fleethook/store';

/**
 * Peridio's search language: 1 to 5 clauses joined by ` and `; a clause is key, operator, value. Strings and date-times stand in single
 * quotes, `\'` is a quote within; a date-time is exactly `'YYYY-MM-DDTHH:MM:SSZ'`.
 */
export type SearchResult<T> = { kind: 'parsed'; clauses: T[] } | { kind: 'invalid'; message: string };

const MAX_CLAUSES = 5;
const MAX_SEARCH_LENGTH = 2_048;
const CLAUSE = /([a-z_]+)(<=|>=|[:~<>-])(?:'((?:\\'|[^'])*)'|([A-Za-z0-9.+]+))/y;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

interface Clause {
  readonly key: string;
  readonly operator: string;
  /** Undefined when the value is bare: a boolean or a number. */
  readonly quoted: string | undefined;
}

/** The filters of a search over webhooks. An empty text searches for nothing: Peridio's client always sends the parameter. */
export function parseWebhookSearch(text: string): SearchResult<WebhookFilter> {
  if (text.trim() === '') return { kind: 'parsed', clauses: [] };
  const clauses = split(text);
  if (clauses === undefined)
    return {
      kind: 'invalid',
      message: `must be 1 to ${MAX_CLAUSES} clauses such as description~'test', joined by " and "`,
    };
  const filters: WebhookFilter[] = [];
  for (const clause of clauses) {
    const filter = filterOf(clause);
    if (typeof filter === 'string') return { kind: 'invalid', message: filter };
    filters.push(filter);
  }
  return { kind: 'parsed', clauses: filters };
}

function split(text: string): Clause[] | undefined {
  if (text.length > MAX_SEARCH_LENGTH || text.includes('\0') || !text.isWellFormed()) return undefined;
  const rest = text.trim();
  const clauses: Clause[] = [];
  CLAUSE.lastIndex = 0;
  for (;;) {
    const match = CLAUSE.exec(rest);
    if (match === null) return undefined;
    const [, key = '', operator = '', quoted] = match;
    clauses.push({ key, operator, quoted: quoted?.replaceAll("\\'", "'") });
    const position = match.index + match[0].length;
    if (position === rest.length) return clauses.length <= MAX_CLAUSES ? clauses : undefined;
    if (!rest.startsWith(' and ', position)) return undefined;
    CLAUSE.lastIndex = position + ' and '.length;
  }
}

const COMPARISONS = { ':': 'equals', '<': 'before', '<=': 'not_after', '>': 'after', '>=': 'not_before' } as const;

/** A filter, or in words why there is none. */
function filterOf(clause: Clause): WebhookFilter | string {
  const { key, operator, quoted } = clause;
  switch (key) {
    case 'prn':
    case 'organization_prn':
    case 'description':
      if (quoted === undefined) return `${key} needs a text in single quotes`;
      if (operator === ':') return { field: key, operator: 'equals', value: quoted };
      if (operator === '~' && key === 'description') return { field: key, operator: 'contains', value: quoted };
      return `${key} cannot be searched with ${operator}`;
    case 'inserted_at':
    case 'updated_at': {
      if (!isComparison(operator)) return `${key} cannot be searched with ${operator}`;
      const value = dateTimeOf(quoted);
      if (value === undefined) return `${key} needs a date-time such as '2026-01-01T00:00:00Z'`;
      return { field: key, operator: COMPARISONS[operator], value };
    }
    default:
      return `${key.slice(0, 64)} is not a key of webhooks`;
  }
}

function isComparison(operator: string): operator is keyof typeof COMPARISONS {
  return Object.hasOwn(COMPARISONS, operator);
}

function dateTimeOf(text: string | undefined): Date | undefined {
  if (text === undefined || !DATE_TIME.test(text)) return undefined;
  const date = new Date(text);
  // 30 February parses as 2 March.
  return Number.isNaN(date.getTime()) || `${date.toISOString().slice(0, 19)}Z` !== text ? undefined : date;
}

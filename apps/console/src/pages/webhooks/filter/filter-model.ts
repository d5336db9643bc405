/** A filter as the API takes it; what it may say is in docs/filters.md. */
export type Filter = Readonly<Record<string, unknown>>;

export type Scalar = string | number | boolean | null;

export const OPERATORS = {
  eq: 'is',
  in: 'is one of',
  prefix: 'begins with',
  exists: 'is there',
  gt: 'is above',
  lt: 'is below',
} as const;

export type Operator = keyof typeof OPERATORS;

/** A row of the builder. */
export interface ConditionDraft {
  readonly pointer: string;
  readonly operator: Operator;
  /** One text, or for `in` several. Which type they are read as is said beside. */
  readonly values: readonly string[];
  /** `json`: numbers, true, false and null are meant as such. */
  readonly reading: 'text' | 'json';
  readonly isNegated: boolean;
}

export const LISTS = ['devices', 'cohorts', 'tags', 'products'] as const;
export type ListName = (typeof LISTS)[number];

export interface FilterDraft {
  readonly lists: Readonly<Record<ListName, readonly string[]>>;
  readonly join: 'and' | 'or';
  readonly conditions: readonly ConditionDraft[];
}

export const EMPTY_DRAFT: FilterDraft = {
  lists: { devices: [], cohorts: [], tags: [], products: [] },
  join: 'and',
  conditions: [],
};

export const NEW_CONDITION: ConditionDraft = {
  pointer: '/data/data/',
  operator: 'eq',
  values: [],
  reading: 'text',
  isNegated: false,
};

/** Null: everything passes. */
export function filterOf({ lists, join, conditions }: FilterDraft): Filter | null {
  const named = LISTS.filter((name) => lists[name].length > 0).map((name) => [name, [...lists[name]]] as const);
  const compiled = conditions.map(conditionOf);
  const where = compiled.length === 1 ? compiled[0] : compiled.length === 0 ? undefined : { [join]: compiled };
  const filter = { ...Object.fromEntries(named), ...(where && { where }) };
  return Object.keys(filter).length === 0 ? null : filter;
}

function conditionOf({ pointer, operator, values, reading, isNegated }: ConditionDraft): Filter {
  const read = values.map((value) => (reading === 'json' ? scalarOf(value) : value));
  const [first = ''] = read;
  const plain = { pointer, [operator]: operator === 'exists' ? true : operator === 'in' ? read : first };
  return isNegated ? { not: plain } : plain;
}

/** What is no JSON is a text all the same. */
function scalarOf(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? text : (value as Scalar);
  } catch {
    return text;
  }
}

/** @returns undefined for a filter that has more in it than the builder can show: that one is edited as JSON */
export function draftOf(filter: Filter | null): FilterDraft | undefined {
  if (filter === null) return EMPTY_DRAFT;
  const { where, ...rest } = filter;
  if (Object.keys(rest).some((name) => !(LISTS as readonly string[]).includes(name))) return undefined;
  const lists = Object.fromEntries(LISTS.map((name) => [name, textsIn(rest[name])])) as Record<ListName, string[]>;
  if (where === undefined) return { ...EMPTY_DRAFT, lists };
  if (!isRecord(where)) return undefined;
  const join = Array.isArray(where['or']) ? 'or' : 'and';
  const listed = where[join];
  const rows = (Array.isArray(listed) ? listed : [where]).map(rowOf);
  return rows.every((row) => row !== undefined) ? { lists, join, conditions: rows } : undefined;
}

function rowOf(condition: unknown): ConditionDraft | undefined {
  if (!isRecord(condition)) return undefined;
  const { not } = condition;
  if (not !== undefined) {
    const inner = rowOf(not);
    return inner === undefined || inner.isNegated ? undefined : { ...inner, isNegated: true };
  }
  const { pointer, ...rest } = condition;
  const [[operator, value] = []] = Object.entries(rest);
  if (typeof pointer !== 'string' || operator === undefined || !(operator in OPERATORS)) return undefined;
  if (operator === 'exists')
    return { ...NEW_CONDITION, pointer, operator: 'exists', values: [], isNegated: value === false };
  const values = (operator === 'in' ? value : [value]) as readonly Scalar[];
  const isText = values.every((one) => typeof one === 'string');
  // A text among numbers keeps its quotes, so that it stays one.
  const shown = values.map((one) => (isText ? String(one) : JSON.stringify(one)));
  return {
    pointer,
    operator: operator as Operator,
    values: shown,
    reading: isText ? 'text' : 'json',
    isNegated: false,
  };
}

const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place of a value in an event, as JSON pointers (RFC 6901) into the envelope. */
export function pointersOf(event: unknown, at = ''): string[] {
  if (!isRecord(event)) return at === '' ? [] : [at];
  return Object.entries(event).flatMap(([key, value]) =>
    pointersOf(value, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

import { readJsonObject, textOfJson } from '../../../ui/json-object.js';
import { draftOf, EMPTY_DRAFT, filterOf, type Filter, type FilterDraft } from './filter-model.js';

/** A filter as somebody makes it: in rows, or as the text in the field, be it JSON already or not. */
export type FilterInput =
  { readonly kind: 'rows'; readonly rows: FilterDraft } | { readonly kind: 'json'; readonly text: string };

/** Wrong is wrong: in its place there is neither an earlier filter nor none, for then more would pass than is wanted. */
export type TypedFilter =
  /** Null: everything passes. */
  { readonly kind: 'fine'; readonly filter: Filter | null } | { readonly kind: 'wrong'; readonly message: string };

export const NO_FILTER: FilterInput = { kind: 'rows', rows: EMPTY_DRAFT };

/** In rows as far as they can show it. */
export function inputOf(filter: Filter | null): FilterInput {
  const rows = draftOf(filter);
  return rows === undefined ? jsonOf(filter) : { kind: 'rows', rows };
}

export function readFilter(input: FilterInput): TypedFilter {
  if (input.kind === 'rows') return { kind: 'fine', filter: filterOf(input.rows) };
  const typed = readJsonObject(input.text);
  switch (typed.kind) {
    case 'wrong':
      return typed;
    case 'empty':
      return { kind: 'fine', filter: null };
    case 'fine':
      return { kind: 'fine', filter: typed.value };
  }
}

/** The same filter written as JSON, or in rows; one that rows cannot show, or that cannot be read, stays JSON. */
export function switched(input: FilterInput, to: FilterInput['kind']): FilterInput {
  const typed = readFilter(input);
  if (typed.kind === 'wrong') return input;
  return to === 'json' ? jsonOf(typed.filter) : inputOf(typed.filter);
}

const jsonOf = (filter: Filter | null): FilterInput => ({
  kind: 'json',
  text: filter === null ? '' : textOfJson(filter),
});

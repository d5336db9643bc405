import type { Operations } from './admin-api.js';

/** Method and path, as the API's document has them. */
export type Operation = keyof Operations;

export type QueryOf<O extends Operation> = Operations[O]['query'];
export type BodyOf<O extends Operation> = Operations[O]['body'];
export type ReplyOf<O extends Operation> = Operations[O]['reply'];

/** What an operation needs; parts that may be empty may be left out. */
export type Ask<O extends Operation> = Part<'path', Operations[O]['path']> &
  Part<'query', QueryOf<O>> &
  Part<'body', BodyOf<O>>;

type Part<Name extends string, T> = undefined extends T
  ? { readonly [N in Name]?: T }
  : object extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T };

/** One request, without the address of the API. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly search: string;
  readonly body: unknown;
}

interface AnyAsk {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** Parameters of the query that are undefined are left out. */
export function requestOf<O extends Operation>(operation: O, ask: Ask<O>): AskedRequest {
  const [method = 'GET', template = '/'] = operation.split(' ');
  const { path = {}, query = {}, body }: AnyAsk = ask;
  return { method, path: pathOf(template, path), search: searchOf(query), body };
}

/** A PRN's colons stay as they are: it is part of the contract that they may. */
const pathOf = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '').replaceAll('%3A', ':'));

function searchOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

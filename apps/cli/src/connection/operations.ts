import type { Operations } from '@fleethook/contract';

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

/** Those that answer with a page of a list. */
export type ListOperation = {
  [O in Operation]: ReplyOf<O> extends { readonly next_page: string | null } ? O : never;
}[Operation];

export type ItemOf<O extends ListOperation> = ReplyOf<O>[Exclude<
  keyof ReplyOf<O>,
  'next_page'
>] extends readonly (infer T)[]
  ? T
  : never;

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
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

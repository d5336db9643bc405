import type { Operations } from '@fleethook/contract';
import { noAnswer, problemOf } from './problem.js';

/** Method and path, as the API's document has them. */
export type Operation = keyof Operations;

export type ReplyOf<O extends Operation> = Operations[O]['reply'];

/** What an operation needs; parts that may be empty may be left out. */
export type Ask<O extends Operation> = Part<'path', Operations[O]['path']> &
  Part<'query', Operations[O]['query']> &
  Part<'body', Operations[O]['body']>;

type Part<Name extends string, T> = undefined extends T
  ? { readonly [N in Name]?: T }
  : object extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T };

interface AnyAsk {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/**
 * One call to the Admin API, on the page's own origin, with the session's cookie.
 * @throws Problem for every answer but 2xx, and when there was none
 */
export async function call<O extends Operation>(operation: O, ask: Ask<O>, signal?: AbortSignal): Promise<ReplyOf<O>> {
  const [method = 'GET', template = '/'] = operation.split(' ');
  const { path = {}, query = {}, body } = ask as AnyAsk;
  const reply = await send(method, `${pathOf(template, path)}${queryOf(query)}`, body, signal);
  return reply as ReplyOf<O>;
}

/** @throws Problem */
async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  let reply: Response;
  try {
    reply = await fetch(path, {
      method,
      // Other sites cannot set it: what a cookie authorises must have been asked for here.
      headers: { 'x-fleethook-console': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw noAnswer();
  }
  const text = await reply.text();
  const json = parsed(text);
  if (!reply.ok) throw problemOf(reply.status, reply.headers, json);
  return json;
}

/** A PRN's colons stay as they are: it is part of the contract that they may. */
const pathOf = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '').replaceAll('%3A', ':'));

function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

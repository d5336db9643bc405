import { requestOf, type Ask, type Operation, type ReplyOf } from '@fleethook/contract';
import { noAnswer, problemOf } from './problem.js';

/**
 * One call to the Admin API, on the page's own origin, with the session's cookie.
 * @throws Problem for every answer but 2xx, and when there was none
 */
export async function call<O extends Operation>(operation: O, ask: Ask<O>, signal?: AbortSignal): Promise<ReplyOf<O>> {
  const { method, path, search, body } = requestOf(operation, { ...ask, query: given(ask.query) });
  return (await send(method, `${path}${search}`, body, signal)) as ReplyOf<O>;
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

/** A field that is left empty asks for nothing. */
function given<Q>(query: Q): Q {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== '')) as Q;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

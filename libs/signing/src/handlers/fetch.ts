import { WebhookError } from '../webhook-error.js';
import type { WebhookReceiver, WebhookReply } from '../webhook-receiver.js';
import { wholeBody } from './body-bytes.js';

/** What is needed of a `Request`. */
export interface FetchRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  readonly bodyUsed: boolean;
  readonly body: { getReader(): FetchBodyReader } | null;
}

export interface FetchBodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

const REMEDY =
  'The body can be read once: hand over the request before request.json() or request.text(), or a request.clone() made before';

/** For servers in the style of `fetch` (Bun, Deno, Hono, Next.js route handlers): `export const POST = fetchHandler(receiver)`. */
export function fetchHandler(receiver: WebhookReceiver): (request: FetchRequest) => Promise<Response> {
  return async (request) => {
    const { status, headers, body } = await answer(receiver, request);
    return new Response(body, { status, headers: { ...headers } });
  };
}

async function answer(receiver: WebhookReceiver, request: FetchRequest): Promise<WebhookReply> {
  try {
    if (request.method !== 'POST') throw new WebhookError('METHOD_NOT_ALLOWED', { detail: request.method });
    if (request.bodyUsed) throw new WebhookError('BODY_ALREADY_PARSED', { detail: 'request.bodyUsed', remedy: REMEDY });
    return await receiver.receive(request.headers, await wholeBody(chunksOf(request), receiver.maxBodyBytes));
  } catch (error) {
    return receiver.refuse(error);
  }
}

/** Not every runtime iterates over a ReadableStream. */
async function* chunksOf(request: FetchRequest): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return;
    yield value;
  }
}

import { rawBytes, type WebhookHeaders } from '../verify-webhook.js';
import { WebhookError } from '../webhook-error.js';
import type { WebhookReceiver, WebhookReply } from '../webhook-receiver.js';
import { wholeBody } from './body-bytes.js';

/** What is needed of Node's `IncomingMessage`, and what body parsers leave on it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: WebhookHeaders;
  readonly readableDidRead?: boolean;
  readonly body?: unknown;
  readonly rawBody?: unknown;
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** For `node:http` and `node:https`: `createServer(nodeHandler(receiver))`. Resolves when it has answered. */
export function nodeHandler(
  receiver: WebhookReceiver,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return streamHandler(receiver, 'Hand the request over before anything has read it');
}

/** For Express 4 and 5: `app.post('/webhooks', expressHandler(receiver))`, before any `app.use(express.json())`. */
export function expressHandler(
  receiver: WebhookReceiver,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return streamHandler(
    receiver,
    "Register this route before app.use(express.json()), or put express.raw({ type: '*/*' }) on it, or keep the bytes: " +
      'express.json({ verify: (request, _, bytes) => { request.rawBody = bytes; } })',
  );
}

function streamHandler(receiver: WebhookReceiver, remedy: string) {
  return async (request: NodeRequest, response: NodeResponse): Promise<void> => {
    const { status, headers, body } = await answer(receiver, request, remedy);
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  };
}

async function answer(receiver: WebhookReceiver, request: NodeRequest, remedy: string): Promise<WebhookReply> {
  try {
    if (request.method !== 'POST') throw new WebhookError('METHOD_NOT_ALLOWED', { detail: request.method ?? '' });
    return await receiver.receive(request.headers, await bodyOf(request, receiver.maxBodyBytes, remedy));
  } catch (error) {
    return receiver.refuse(error);
  }
}

/** Bytes that a parser kept come first; Express 4's parsers leave `{}` as the body of what they did not read. */
async function bodyOf(request: NodeRequest, maxBytes: number, remedy: string): Promise<Buffer> {
  if (request.rawBody !== undefined) return rawBytes(request.rawBody, remedy);
  const { body } = request;
  if (typeof body === 'string' || body instanceof Uint8Array) return rawBytes(body);
  if (request.readableDidRead === true) return rawBytes(body === '' ? undefined : body, remedy);
  return wholeBody(request, maxBytes);
}

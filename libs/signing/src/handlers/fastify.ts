import { rawBytes, type WebhookHeaders } from '../verify-webhook.js';
import type { WebhookReceiver } from '../webhook-receiver.js';

export interface FastifyRequestLike {
  readonly headers: WebhookHeaders;
  readonly body: unknown;
}

export interface FastifyReplyLike {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** What is needed of a Fastify instance. */
export interface FastifyInstanceLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parse: (request: never, body: Buffer, done: (error: Error | null, body?: Buffer) => void) => void,
  ): unknown;
  post(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>): unknown;
}

/**
 * For Fastify: `await app.register(fastifyPlugin(receiver), { path: '/webhooks' })`. Within the plugin bodies stay bytes; the rest of the
 * server goes on parsing as before.
 */
export function fastifyPlugin(
  receiver: WebhookReceiver,
): (instance: FastifyInstanceLike, options: { readonly path: string }) => Promise<void> {
  // Fastify takes an async function as a plugin without `done`.
  // oxlint-disable-next-line typescript/require-await
  return async (instance, { path }) => {
    instance.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: receiver.maxBodyBytes } as const;
    instance.addContentTypeParser('*', options, (_, body, done) => done(null, body));
    instance.post(path, async (request, reply) => {
      const { status, headers, body } = await receive(receiver, request);
      reply.code(status);
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      return reply.send(body);
    });
  };
}

/** A request without a body comes with none at all. */
async function receive(receiver: WebhookReceiver, request: FastifyRequestLike) {
  try {
    return await receiver.receive(request.headers, rawBytes(request.body ?? ''));
  } catch (error) {
    return receiver.refuse(error);
  }
}

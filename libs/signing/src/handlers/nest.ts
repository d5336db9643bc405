import { rawBytes, type WebhookHeaders } from '../verify-webhook.js';
import type { WebhookReceiver, WebhookReply } from '../webhook-receiver.js';

export interface NestRequestLike {
  readonly headers: WebhookHeaders;
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

export interface NestResponseLike {
  status(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

const REMEDY =
  'Create the application with NestFactory.create(AppModule, { rawBody: true }); its own body parser then keeps the bytes';

/**
 * For a Nest controller, on Express and on Fastify:
 *
 *     @Post() take(@Req() request: RawBodyRequest<Request>, @Res() response: Response) {
 *       return this.handle(request, response);   // readonly handle = nestHandler(receiver)
 *     }
 */
export function nestHandler(
  receiver: WebhookReceiver,
): (request: NestRequestLike, response: NestResponseLike) => Promise<void> {
  return async (request, response) => {
    const { status, headers, body } = await answer(receiver, request);
    response.status(status);
    for (const [name, value] of Object.entries(headers)) response.header(name, value);
    response.send(body);
  };
}

async function answer(receiver: WebhookReceiver, request: NestRequestLike): Promise<WebhookReply> {
  try {
    const { rawBody, body } = request;
    return await receiver.receive(request.headers, rawBytes(rawBody ?? body, REMEDY));
  } catch (error) {
    return receiver.refuse(error);
  }
}

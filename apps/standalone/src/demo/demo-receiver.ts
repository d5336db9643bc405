import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Say } from '@fleethook/infrastructure';
import { secretBytes, standardWebhooksSecret, verifyPeridio, verifyStandardWebhooks } from '@fleethook/signing';

const MAX_BODY_BYTES = 1_048_576;
/** The first of them, so that a retry is seen soon; then now and then. */
const FAILS_EVERY = 8;
const FAILS_AT = 2;

export interface DemoReceiverOptions {
  readonly port: number;
  readonly listenOn: string;
  /** Names every event, so that what arrived can be counted from what is said. */
  readonly showPrns: boolean;
  readonly key: string;
  readonly certificate: string;
  readonly say: Say;
}

/** What a customer would run: checks both signatures of every delivery, and now and then fails on purpose. */
export class DemoReceiver {
  /** In hex; unknown until the webhook has been made, and the first request comes before that. */
  secret: string | undefined;
  private readonly server: Server;
  private firstAttempts = 0;

  constructor(private readonly options: DemoReceiverOptions) {
    this.server = createServer({ key: options.key, cert: options.certificate }, (request, response) => {
      void this.take(request, response);
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.listenOn, resolve);
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      response.statusCode = this.answer(request.headers, await bodyOf(request));
    } catch {
      response.statusCode = 400;
    }
    response.end();
  }

  private answer(headers: IncomingHttpHeaders, body: Buffer): number {
    const name = text(headers['fleethook-event']) ?? 'event';
    // A webhook is tried before its secret is shown; what comes then cannot be checked yet.
    if (this.secret === undefined) return 200;
    const fault = signatureFault(headers, body, this.secret);
    if (fault !== undefined) {
      this.options.say(`demo     ${name} refused: ${fault}`);
      return 401;
    }
    const which = this.options.showPrns ? ` (${text(headers['webhook-id']) ?? ''})` : '';
    const attempt = Number(text(headers['fleethook-attempt']) ?? 1);
    if (attempt === 1 && name !== 'webhook.test_fire' && ++this.firstAttempts % FAILS_EVERY === FAILS_AT) {
      this.options.say(`demo     ${name} verified, and answered with 500 on purpose: see the retry${which}`);
      return 500;
    }
    this.options.say(
      `demo     ${name} verified${attempt > 1 ? ` on attempt ${attempt}: the retry has made it` : ''}${which}`,
    );
    return 200;
  }
}

/** By both schemes; a receiver of one's own needs only one of them. */
function signatureFault(headers: IncomingHttpHeaders, body: Buffer, secret: string): string | undefined {
  const peridio = verifyPeridio(
    { publishedAt: text(headers['peridio-published-at']), signature: text(headers['peridio-signature']) },
    body,
    [secretBytes(secret)],
  );
  if (!peridio.valid) return `peridio-signature: ${peridio.detail}`;
  const standard = verifyStandardWebhooks(
    {
      id: text(headers['webhook-id']),
      timestamp: text(headers['webhook-timestamp']),
      signature: text(headers['webhook-signature']),
    },
    body,
    [Buffer.from(standardWebhooksSecret(secret).slice('whsec_'.length), 'base64')],
  );
  return standard.valid ? undefined : `webhook-signature: ${standard.detail}`;
}

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { once } from 'node:events';
import { shortPrn } from '../connection/api-client.js';
import { waitFor } from '../connection/http.js';
import { CliError, UsageError } from '../running/cli-error.js';
import type { Invocation } from '../running/invocation.js';
import { diagnose } from '../verify/diagnose.js';
import { secretsOf, type KnownSecret } from '../verify/secrets.js';
import type { WebhookFilter } from '../webhooks/webhook-settings.js';
import { AnswerPolicy } from './answer-policy.js';
import { certificateFor, type ServerCertificate } from './listen-certificate.js';
import { Listener, type Received } from './listener.js';
import { createOwnWebhook, type OwnWebhook } from './own-webhook.js';
import { printDelivery, type Taken } from './print-delivery.js';

export interface ListenOptions {
  readonly create?: boolean;
  readonly event?: string[];
  readonly filter?: WebhookFilter;
  readonly secret?: KnownSecret[];
  readonly status?: number;
  readonly failFirst?: number;
  readonly delay: number;
  readonly retryAfter?: number;
  readonly count?: number;
  readonly payload?: boolean;
  readonly host: string;
  readonly port: number;
  readonly endpoint?: string;
  readonly cert?: string;
  readonly key?: string;
}

const OK = 200;
const TEST_FIRE = 'webhook.test_fire';

/** Runs until Ctrl-C, or until as many requests came as were asked for. */
export async function listen(invocation: Invocation, options: ListenOptions): Promise<void> {
  checkOptions(options);
  const { output, signal, dataDir, standalone } = invocation;
  const certificate = await certificateFor(options, dataDir, standalone !== undefined);
  const receiver = new ReceiverRun(invocation, options, certificate);
  const listener = await Listener.listen({
    ...certificate,
    host: options.host,
    port: options.port,
    onRequest: (request) => receiver.take(request),
  });
  try {
    const url = options.endpoint ?? `https://127.0.0.1:${listener.port}/`;
    announce(invocation, url, certificate, options);
    if (options.create === true) await receiver.createWebhook(url);
    if (!signal.aborted && !receiver.end.aborted) await once(AbortSignal.any([signal, receiver.end]), 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await receiver.removeWebhook();
    listener.close();
    output.note(receiver.summary);
  }
}

function checkOptions(options: ListenOptions): void {
  if ((options.cert === undefined) !== (options.key === undefined))
    throw new UsageError('--cert and --key go together.');
  if (options.create === true && options.secret !== undefined)
    throw new UsageError('--create makes a webhook with a secret of its own: leave out --secret.');
  const needed = options.event ?? options.filter ?? options.endpoint;
  if (options.create !== true && needed !== undefined)
    throw new UsageError('--event, --filter and --endpoint are of the webhook that --create makes.');
}

/** What came in one run, and how it is answered. */
class ReceiverRun {
  readonly #policy: AnswerPolicy;
  readonly #end = new AbortController();
  #secrets: readonly KnownSecret[];
  #webhook: OwnWebhook | undefined;
  #isCreating = false;
  #count = 0;
  #unfit = 0;

  constructor(
    private readonly invocation: Invocation,
    private readonly options: ListenOptions,
    private readonly certificate: ServerCertificate,
  ) {
    this.#policy = new AnswerPolicy(options);
    this.#secrets = options.create === true ? [] : secretsOf(options.secret, invocation.host.environment.webhookSecret);
  }

  /** Aborted once as many came as were asked for. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  get summary(): string {
    return `${this.#count} request${this.#count === 1 ? '' : 's'}${this.#unfit > 0 ? `, ${this.#unfit} with a signature that does not fit` : ''}`;
  }

  async take(request: Received): Promise<{ status: number; headers: Record<string, string> }> {
    // The endpoint is tried before its secret is shown, and must say yes.
    if (this.#isCreating) return { status: OK, headers: {} };
    const { headers } = request;
    const status = this.#policy.statusFor(headers['webhook-id'] ?? '', headers['fleethook-event'] === TEST_FIRE);
    const diagnosis = this.#secrets.length === 0 ? undefined : diagnose(request, this.#secrets, { nowMs: Date.now() });
    this.#count += 1;
    if (diagnosis?.isValid === false) this.#unfit += 1;
    const taken: Taken = { request, status, diagnosis, receivedAt: new Date() };
    printDelivery(this.invocation.output, taken, this.options.payload === true);
    if (this.options.delay > 0) await waitFor(this.options.delay, this.invocation.signal);
    // Once the answer is on its way.
    if (this.#count === this.options.count) setImmediate(() => setImmediate(() => this.#end.abort()));
    const { retryAfter } = this.options;
    const isFailure = status < OK || status > 299;
    return {
      status,
      headers: isFailure && retryAfter !== undefined ? { 'retry-after': String(Math.ceil(retryAfter / 1_000)) } : {},
    };
  }

  async createWebhook(url: string): Promise<void> {
    const { output } = this.invocation;
    this.#isCreating = true;
    try {
      this.#webhook = await createOwnWebhook(this.invocation, url, this.options);
    } catch (error) {
      if (!this.certificate.isTrusted) output.warn('Fleethook has to be started with the settings above.');
      throw error;
    }
    const { prn, events, secret } = this.#webhook;
    this.#secrets = [secret];
    this.#isCreating = false;
    const document = { kind: 'webhook', prn, url, enabled_events: events, secret: secret.text };
    output.record(document, () => output.note(`Webhook ${shortPrn(prn)} gets ${events.length} types of events.`));
  }

  async removeWebhook(): Promise<void> {
    const { output } = this.invocation;
    if (this.#webhook === undefined) return;
    const { prn, remove } = this.#webhook;
    try {
      await remove();
      output.note(`Webhook ${shortPrn(prn)} is deleted.`);
    } catch (error) {
      const reason = error instanceof CliError ? error.message : String(error);
      output.warn(`The webhook was not deleted: ${reason}\nLater: fleethook webhooks delete ${shortPrn(prn)} --yes`);
    }
  }
}

/** Where it listens, and what Fleethook needs to reach it. */
function announce(
  { output }: Invocation,
  url: string,
  { caFile, isTrusted }: ServerCertificate,
  options: ListenOptions,
): void {
  output.record({ kind: 'listening', url, ca_file: caFile ?? null, is_trusted: isTrusted }, () => {
    output.note(`Listening on ${url}; Ctrl-C ends.`);
    if (isTrusted) output.note('Its certificate is the one of the demo, which Fleethook trusts.');
    else if (caFile !== undefined)
      output.note(`Fleethook needs: EGRESS_ALLOW_CIDRS=127.0.0.0/8 EGRESS_CA_FILE=${caFile}`);
    if (options.create !== true && options.secret === undefined)
      output.note('Signatures are checked with --secret, or FLEETHOOK_WEBHOOK_SECRET.');
  });
}

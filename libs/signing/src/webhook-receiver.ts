import { parseSecret } from './secret.js';
import { MemorySeenEvents, type Claim, type SeenEvents } from './seen-events.js';
import {
  eventName,
  headerOf,
  rawBytes,
  verifyWebhook,
  type RawBody,
  type WebhookEvent,
  type WebhookHeaders,
} from './verify-webhook.js';
import { WebhookError } from './webhook-error.js';

export interface Delivery {
  /** `device.connected` */
  readonly name: string;
  /** From 1. Not signed. */
  readonly attempt: number;
}

export interface WebhookReceiverOptions {
  /**
   * As Fleethook shows them: 32 hex digits or `whsec_...`. Old and new while the secret is rolled; a function is asked for every delivery.
   * None: test fires are answered with 200 unverified, for the secret is shown only after the first one, and everything else with 503.
   */
  readonly secrets: readonly string[] | (() => readonly string[] | Promise<readonly string[]>);
  /** Called for every verified event that was not seen before, test fires apart. What it throws makes Fleethook send the event again. */
  readonly onEvent: (event: WebhookEvent, delivery: Delivery) => void | Promise<void>;
  /** Called for what is refused. Default: the receiver's own faults (5xx) are given to `process.emitWarning`. */
  readonly onError?: (error: WebhookError) => void;
  /** Default: `MemorySeenEvents`. */
  readonly seenEvents?: SeenEvents;
  /** How far the time of signing may be away; default 300. */
  readonly toleranceSeconds?: number;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** The clock, epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

export interface WebhookReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. Fleethook keeps it with the attempt, so that the sender's history says why, too. */
  readonly body: string;
}

const DEFAULT_MAX_BODY_BYTES = 1_048_576;
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * A receiver without a server: takes headers and raw body, verifies, deduplicates, calls `onEvent`, and says what to answer.
 * `nodeHandler`, `expressHandler`, `fastifyPlugin`, `nestHandler` and `fetchHandler` connect it to a server.
 */
export class WebhookReceiver {
  readonly maxBodyBytes: number;
  readonly #options: WebhookReceiverOptions;
  readonly #seen: SeenEvents;

  /** @throws WebhookError `SECRET_MALFORMED` */
  constructor(options: WebhookReceiverOptions) {
    this.#options = options;
    this.#seen = options.seenEvents ?? new MemorySeenEvents();
    this.maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    if (typeof options.secrets !== 'function') options.secrets.forEach(keyOf);
  }

  /** Never rejects. */
  async receive(headers: WebhookHeaders, body: RawBody): Promise<WebhookReply> {
    try {
      const bytes = rawBytes(body);
      if (bytes.length > this.maxBodyBytes) throw new WebhookError('BODY_TOO_LARGE', { detail: `${bytes.length}` });
      return reply(200, { status: await this.#take(headers, bytes) });
    } catch (error) {
      return this.refuse(error);
    }
  }

  /** The answer to what did not get as far as `receive`. Tells `onError`. */
  refuse(cause: unknown): WebhookReply {
    const error = cause instanceof WebhookError ? cause : new WebhookError('HANDLER_FAILED', { cause });
    const { onError = warn } = this.#options;
    try {
      onError(error);
    } catch (failure) {
      warn(new WebhookError('HANDLER_FAILED', { detail: 'onError threw', cause: failure }));
    }
    const { code, message, retryAfterSeconds } = error;
    const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return reply(error.status, { error: { code, message } }, retryAfter);
  }

  async #take(headers: WebhookHeaders, body: Buffer): Promise<'handled' | 'duplicate' | 'test_fire'> {
    const { toleranceSeconds, now = Date.now } = this.#options;
    const keys = await this.#keys();
    if (keys.length === 0) {
      if (headerOf(headers, 'fleethook-event') === 'webhook.test_fire') return 'test_fire';
      throw new WebhookError('SECRET_UNKNOWN');
    }
    const event = verifyWebhook(headers, body, keys, {
      nowMs: now(),
      ...(toleranceSeconds !== undefined && { toleranceSeconds }),
    });
    const name = eventName(event);
    if (name === 'webhook.test_fire') return 'test_fire';
    const claim = await this.#store(() => this.#seen.claim(event.prn));
    if (claim === 'busy') throw new WebhookError('EVENT_IN_PROGRESS', { detail: event.prn });
    if (claim === 'seen') return 'duplicate';
    await this.#handle(event, { name, attempt: Number(headerOf(headers, 'fleethook-attempt') ?? 1) });
    return 'handled';
  }

  async #handle(event: WebhookEvent, delivery: Delivery): Promise<void> {
    try {
      await this.#options.onEvent(event, delivery);
    } catch (error) {
      await this.#store(() => this.#seen.release(event.prn)).catch((failure: unknown) => this.refuse(failure));
      throw error instanceof WebhookError
        ? error
        : new WebhookError('HANDLER_FAILED', { detail: `${delivery.name} ${event.prn}`, cause: error });
    }
    await this.#store(() => this.#seen.keep(event.prn));
  }

  async #store<T extends Claim | void>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new WebhookError('SEEN_EVENTS_FAILED', { cause });
    }
  }

  async #keys(): Promise<Buffer[]> {
    const { secrets } = this.#options;
    return (typeof secrets === 'function' ? await this.#ask(secrets) : secrets).map(keyOf);
  }

  async #ask(secrets: () => readonly string[] | Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await secrets();
    } catch (cause) {
      throw new WebhookError('SECRET_UNKNOWN', { detail: 'secrets() threw', cause });
    }
  }
}

function keyOf(secret: string, index: number): Buffer {
  try {
    return parseSecret(secret);
  } catch (cause) {
    throw new WebhookError('SECRET_MALFORMED', { detail: `secret ${index + 1}: ${(cause as Error).message}`, cause });
  }
}

function reply(status: number, body: object, headers: Readonly<Record<string, string>> = {}): WebhookReply {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** Strangers can cause a 4xx at will, and shall not fill the receiver's log. */
function warn(error: WebhookError): void {
  if (error.status < 500) return;
  const detail = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : '';
  process.emitWarning(error.message, { type: 'WebhookError', code: error.code, detail });
}

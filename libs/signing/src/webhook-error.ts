import { SIGNATURE_FAULTS } from './verify.js';

interface ErrorSpec {
  /** What the sender is answered. Fleethook tries everything but 2xx and 410 again. */
  readonly status: number;
  readonly meaning: string;
  readonly remedy: string;
}

/** Everything that can be wrong with a delivery or with the receiver that takes it. Codes are stable. */
export const WEBHOOK_ERRORS = {
  HEADER_MISSING: {
    status: 401,
    meaning: SIGNATURE_FAULTS.HEADER_MISSING,
    remedy:
      'If this came from Fleethook, something before the receiver drops headers: let peridio-* and webhook-* through',
  },
  TIMESTAMP_MALFORMED: {
    status: 401,
    meaning: SIGNATURE_FAULTS.TIMESTAMP_MALFORMED,
    remedy: 'Look for a proxy that rewrites headers; Fleethook sends ISO 8601 and whole seconds since 1970',
  },
  TIMESTAMP_TOO_OLD: {
    status: 401,
    meaning: SIGNATURE_FAULTS.TIMESTAMP_TOO_OLD,
    remedy: "Set this machine's clock by NTP; look for a queue before the receiver that holds requests back",
  },
  TIMESTAMP_IN_FUTURE: {
    status: 401,
    meaning: SIGNATURE_FAULTS.TIMESTAMP_IN_FUTURE,
    remedy: "Set this machine's clock by NTP, and the sender's",
  },
  SIGNATURE_MALFORMED: {
    status: 401,
    meaning: SIGNATURE_FAULTS.SIGNATURE_MALFORMED,
    remedy: 'Look for a proxy that rewrites headers; hand over header values as they were received',
  },
  SIGNATURE_MISMATCH: {
    status: 401,
    meaning: SIGNATURE_FAULTS.SIGNATURE_MISMATCH,
    remedy:
      'Compare the secret with the one shown when this webhook was created or its secret was last rolled; verify the raw bytes of the body',
  },
  BODY_RESERIALIZED: {
    status: 401,
    meaning: 'the signature fits the same JSON written compactly: something parsed the body and wrote it anew',
    remedy: 'Hand over the bytes as they were received, before any middleware, and look for a proxy that formats JSON',
  },
  BODY_ALREADY_PARSED: {
    status: 500,
    meaning: 'the raw body is gone: something parsed it before the receiver',
    remedy: 'Hand over the bytes as they were received (Buffer, Uint8Array or string)',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'the body is larger than maxBodyBytes',
    remedy: 'Fleethook sends at most 256 KiB; if this came from Fleethook, raise maxBodyBytes above that',
  },
  BODY_INCOMPLETE: {
    status: 400,
    meaning: 'the request ended before its body did',
    remedy: 'Nothing: it is sent again. If it is frequent, look at the time limits of what is before the receiver',
  },
  BODY_NOT_AN_EVENT: {
    status: 400,
    meaning: 'the signature fits, but the body is no event',
    remedy: 'Check that the request comes from Fleethook: nothing else should have this secret',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'a webhook is a POST request',
    remedy: 'Give the webhook the URL of the route itself: a redirect is never followed',
  },
  SECRET_MALFORMED: {
    status: 500,
    meaning: 'a configured secret has not the form of one',
    remedy: "Use the reply's `secret` (32 hex digits) or `standard_webhooks_secret` (whsec_...), whole and unquoted",
  },
  SECRET_UNKNOWN: {
    status: 503,
    meaning: 'no secret is configured yet, so only test fires are answered',
    remedy: 'Configure the secret that the reply to creating the webhook has shown; what waits is sent again',
  },
  EVENT_IN_PROGRESS: {
    status: 409,
    meaning: 'the same event is being handled right now',
    remedy: 'Nothing: it is sent again. If it is frequent, answer sooner and do the work afterwards',
  },
  SEEN_EVENTS_FAILED: {
    status: 503,
    meaning: 'the store of seen events failed',
    remedy: 'See the cause; the event is sent again',
  },
  HANDLER_FAILED: {
    status: 500,
    meaning: 'the handler of events threw',
    remedy: 'See the cause; the event is sent again',
  },
  RETRY_LATER: {
    status: 503,
    meaning: 'the handler asked for the event to be sent again later',
    remedy: 'Nothing: it is sent again, not before the time asked for',
  },
} as const satisfies Readonly<Record<string, ErrorSpec>>;

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS;

export interface WebhookErrorOptions {
  /** What was seen: which header, which time. */
  readonly detail?: string;
  /** In place of the general one, where more is known. */
  readonly remedy?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Says what is wrong, what was seen, and what to do. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: WebhookErrorCode;
  /** The HTTP status to answer with. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly remedy: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: WebhookErrorCode, options: WebhookErrorOptions = {}) {
    const { status, meaning, remedy: general } = WEBHOOK_ERRORS[code];
    const { detail, remedy = general, retryAfterSeconds, cause } = options;
    super(
      `${code}: ${meaning}${detail === undefined ? '' : ` (${detail})`}. ${remedy}.`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.remedy = remedy;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** For a handler to throw when what it needs is away: answered with 503 and `Retry-After`, which Fleethook keeps to. */
export class RetryLater extends WebhookError {
  constructor(seconds: number, cause?: unknown) {
    super('RETRY_LATER', { retryAfterSeconds: Math.ceil(seconds), cause });
  }
}

/** How far an attempt had come when its time was up. */
export const TIMEOUT_STAGES = ['dns', 'connect', 'tls', 'headers', 'body'] as const;
export type TimeoutStage = (typeof TIMEOUT_STAGES)[number];

/** What came of one attempt: a closed set. What a receiver does is data, never an error. */
export type Outcome =
  /** 200-299. */
  | { readonly kind: 'delivered'; readonly status: number }
  /** Any other status. `retryAfterMs`: how long it asked us to wait, read from 429 and 503 only. */
  | { readonly kind: 'http_status'; readonly status: number; readonly retryAfterMs?: number | undefined }
  /** 3xx: never followed, a followed one ends on a login page's 200. */
  | { readonly kind: 'redirect'; readonly status: number }
  /** 410: the receiver wants no more, ever. */
  | { readonly kind: 'gone'; readonly status: number }
  | { readonly kind: 'timeout'; readonly stage: TimeoutStage }
  | { readonly kind: 'dns' }
  | { readonly kind: 'connection_refused' }
  | { readonly kind: 'connection_reset' }
  | { readonly kind: 'tls' }
  /** The name resolves to an address that the operator does not allow: nothing was sent. */
  | { readonly kind: 'address_blocked' }
  /** Our own way out failed: nothing is known of the endpoint. */
  | { readonly kind: 'proxy' }
  /** The answer is not HTTP. */
  | { readonly kind: 'protocol' };

export const OUTCOME_KINDS = [
  'delivered',
  'http_status',
  'redirect',
  'timeout',
  'dns',
  'connection_refused',
  'connection_reset',
  'tls',
  'address_blocked',
  'proxy',
  'protocol',
  'gone',
] as const satisfies readonly Outcome['kind'][];

export interface OutcomeClass {
  /** Another attempt may end otherwise. */
  readonly retriable: boolean;
  /** A sign that the endpoint is in trouble: network failures, 5xx and 429. */
  readonly countsForBreaker: boolean;
  readonly fault: 'receiver' | 'ours' | 'none';
}

const SUCCESS: OutcomeClass = { retriable: false, countsForBreaker: false, fault: 'none' };
const FINAL: OutcomeClass = { retriable: false, countsForBreaker: false, fault: 'receiver' };
const IN_TROUBLE: OutcomeClass = { retriable: true, countsForBreaker: true, fault: 'receiver' };
/** The endpoint answers, and says no. A wrong token for a minute must not cost events: so this is tried again too. */
const REFUSED: OutcomeClass = { retriable: true, countsForBreaker: false, fault: 'receiver' };
const NOT_SENT: OutcomeClass = { retriable: true, countsForBreaker: false, fault: 'ours' };

export function classOf(outcome: Outcome): OutcomeClass {
  switch (outcome.kind) {
    case 'delivered':
      return SUCCESS;
    case 'gone':
      return FINAL;
    case 'http_status':
      return outcome.status >= 500 || outcome.status === 429 ? IN_TROUBLE : REFUSED;
    case 'redirect':
      return REFUSED;
    case 'address_blocked':
    case 'proxy':
      return NOT_SENT;
    case 'timeout':
    case 'dns':
    case 'connection_refused':
    case 'connection_reset':
    case 'tls':
    case 'protocol':
      return IN_TROUBLE;
  }
}

/** What a status means. `retryAfterMs` is looked at for 429 and 503 only. */
export function outcomeOfStatus(status: number, retryAfterMs: number | undefined): Outcome {
  if (status >= 200 && status <= 299) return { kind: 'delivered', status };
  if (status === 410) return { kind: 'gone', status };
  if (status >= 300 && status <= 399) return { kind: 'redirect', status };
  if (retryAfterMs !== undefined && (status === 429 || status === 503))
    return { kind: 'http_status', status, retryAfterMs };
  return { kind: 'http_status', status };
}

/** The outcome in a word, as records carry it: `http_status:500`, `timeout:headers`, `dns`. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered':
    case 'http_status':
    case 'redirect':
    case 'gone':
      return `${outcome.kind}:${outcome.status}`;
    case 'timeout':
      return `${outcome.kind}:${outcome.stage}`;
    case 'dns':
    case 'connection_refused':
    case 'connection_reset':
    case 'tls':
    case 'address_blocked':
    case 'proxy':
    case 'protocol':
      return outcome.kind;
  }
}

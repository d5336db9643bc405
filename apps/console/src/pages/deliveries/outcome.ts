import { TIMEOUT_STAGES, type Schemas } from '@fleethook/contract';

/** What came of an attempt, in words, and what somebody can do about it. */
export interface OutcomeWords {
  readonly says: string;
  readonly advice?: string;
}

const OUTCOMES: Readonly<Record<Schemas['DeliveryOutcome'], OutcomeWords>> = {
  delivered: { says: 'Delivered' },
  http_status: {
    says: 'Answered with an error',
    advice: 'Look at the response below, and at the log of the receiver at that time. Any 2xx counts as delivered.',
  },
  redirect: { says: 'Answered with a redirect', advice: 'Redirects are not followed: set the URL to where it leads.' },
  timeout: {
    says: 'Too slow',
    advice: 'Answer first and work afterwards, or raise the time limit of the webhook (up to 30 s).',
  },
  dns: { says: 'Host name not found', advice: 'Check the host name of the URL, and its DNS records.' },
  connection_refused: {
    says: 'Connection refused',
    advice: 'Nothing listens there: is the receiver running, and on this port?',
  },
  connection_reset: {
    says: 'Connection closed before an answer',
    advice: 'The receiver, or a proxy before it, hung up. Crashes and idle time-outs look like this.',
  },
  tls: {
    says: 'Certificate or handshake not accepted',
    advice: 'The certificate must be valid for the host name and lead to a known authority; TLS 1.2 or later.',
  },
  address_blocked: {
    says: 'Address may not be called',
    advice: 'Private and special addresses are refused unless the operator allows them (EGRESS_ALLOW_CIDRS).',
  },
  proxy: {
    says: 'Our proxy let nothing through',
    advice: 'Nothing was sent, and the endpoint is not to blame: the operator has to look at the proxy (EGRESS_PROXY).',
  },
  protocol: { says: 'What came back is not HTTP', advice: 'Check that the port is that of an HTTPS server.' },
  gone: { says: 'Answered 410 Gone', advice: 'The receiver asked for no more events, so the webhook was disabled.' },
};

/** @param outcome maybe one that a later API has */
export const wordsOf = (outcome: string): OutcomeWords =>
  (OUTCOMES as Readonly<Record<string, OutcomeWords>>)[outcome] ?? { says: outcome };

type Stage = Schemas['TimeoutStage'];

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  dns: 'name looked up',
  connect: 'connected',
  tls: 'TLS agreed',
  headers: 'answer began',
  body: 'answer read',
};

/** How many stages were passed. @param stage the one in which it ended, of those that ended in one */
export function stagesPassed(outcome: string, stage: Stage | null): number {
  if (stage !== null) return Math.max(0, TIMEOUT_STAGES.indexOf(stage));
  return ['delivered', 'http_status', 'redirect', 'gone'].includes(outcome) ? TIMEOUT_STAGES.length : 0;
}

const DEAD: Readonly<Record<Schemas['DeadReason'], string>> = {
  horizon_reached: 'retried until its time was over',
  gone: 'the receiver said that it is gone',
  webhook_deleted: 'the webhook was deleted',
  webhook_disabled: 'the webhook was disabled',
  undecodable: 'its record could not be read',
  too_large: 'it was too large',
};

export const deadWords = (reason: string | null): string =>
  reason === null ? 'given up' : ((DEAD as Readonly<Record<string, string>>)[reason] ?? reason);

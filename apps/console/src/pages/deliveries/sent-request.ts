import type { Schemas } from '@fleethook/contract';
import { shellQuoted } from '../../ui/intake.js';

/** What an attempt sent, as far as it can be known afterwards. */
export interface SentRequest {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** How far the headers are those that were sent. */
  readonly note: string;
}

type Envelope = Schemas['Event'];

const SIGNED = '(made when it is sent)';
const SEALED = '(sealed)';

/** The bytes that were sent: an event is normalised where it enters, to what this gives. */
export function bodyOf(event: Envelope & Partial<Schemas['RecordedEvent']>): string {
  const { actor_prn: _actor, resource_prn: _resource, event_subtype: _subtype, ...envelope } = event;
  return JSON.stringify(envelope);
}

const AS_SENT = 'as they were sent';
const CHANGED_SINCE = 'the webhook was changed since: as they would be now';
const RECONSTRUCTED = 'signatures are made when it is sent, and kept nowhere; times may differ by a second';

/** The latest attempt's, which the API makes again from what it was made of. */
export const latestRequestOf = ({ url, headers, body, as_sent: isAsSent }: Schemas['SentRequest']): SentRequest => ({
  url,
  headers: headers.map(({ name, value }) => [name, value ?? SEALED]),
  body: body ?? '',
  note: isAsSent ? AS_SENT : CHANGED_SINCE,
});

/** Of an earlier attempt. @param webhook as it is now: a URL or headers that were changed since are not known any more */
export function requestOf(
  event: Envelope,
  attempt: Pick<Schemas['Attempt'], 'attempt' | 'started_at'>,
  webhook: Pick<Schemas['Webhook'], 'url' | 'header_names' | 'has_basic_auth'>,
): SentRequest {
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['user-agent', 'Fleethook'],
    ['peridio-published-at', attempt.started_at],
    ['peridio-signature', SIGNED],
    ['webhook-id', event.prn],
    ['webhook-timestamp', String(Date.parse(attempt.started_at) / 1_000)],
    ['webhook-signature', SIGNED],
    ['fleethook-attempt', String(attempt.attempt)],
    ['fleethook-event', `${event.type}.${event.data.type}`],
    ...webhook.header_names.map((name): [string, string] => [name, SEALED]),
    ...(webhook.has_basic_auth ? [['authorization', SEALED] as [string, string]] : []),
  ];
  return { url: webhook.url, headers, body: bodyOf(event), note: RECONSTRUCTED };
}

export const headerLines = ({ url, headers }: SentRequest): string =>
  [`POST ${url}`, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');

/** The same request from a shell. @param signed headers that take the place of those that cannot be known */
export function curlOf(
  { url, headers, body }: SentRequest,
  signed: readonly (readonly [string, string])[] = [],
): string {
  const ours = new Map(headers.filter(([, value]) => value !== SIGNED && value !== SEALED));
  for (const [name, value] of signed) ours.set(name, value);
  return [
    `curl -sS ${shellQuoted(url)}`,
    ...Array.from(ours, ([name, value]) => `  -H ${shellQuoted(`${name}: ${value}`)}`),
    `  --data-binary ${shellQuoted(body)}`,
  ].join(' \\\n');
}

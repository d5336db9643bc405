import { timestampOf, type EventName, type Prn } from '@fleethook/events';
import { signPeridio, signStandardWebhooks } from '@fleethook/signing';

const USER_AGENT = 'Fleethook/0.1.0';

/** One attempt to deliver an event. */
export interface SignedAttempt {
  readonly event: Prn<'event'>;
  readonly name: EventName;
  readonly attempt: number;
  /** When it is signed: receivers refuse what was published more than five minutes ago. */
  readonly atMs: number;
}

/** The headers of an attempt that are ours, as the delivery process sends them. @param secrets oldest first; none: without signatures */
export function signedHeaders(
  { event, name, attempt, atMs }: SignedAttempt,
  body: Buffer | undefined,
  secrets: readonly Buffer[],
): Record<string, string> {
  const publishedAt = timestampOf(atMs);
  const timestampSeconds = Math.floor(atMs / 1_000);
  const isSigned = body !== undefined && secrets.length > 0;
  return {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    'peridio-published-at': publishedAt,
    ...(isSigned ? { 'peridio-signature': signPeridio(publishedAt, body, secrets) } : {}),
    'webhook-id': event,
    'webhook-timestamp': String(timestampSeconds),
    ...(isSigned ? { 'webhook-signature': signStandardWebhooks(event, timestampSeconds, body, secrets) } : {}),
    'fleethook-attempt': String(attempt),
    'fleethook-event': name,
  };
}

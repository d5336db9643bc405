import type { EgressRequest } from '@fleethook/egress';
import { timestampOf } from '@fleethook/events';
import { writeTrace, type DeliveryMessage, type TraceHeaders } from '@fleethook/messages';
import { signPeridio, signStandardWebhooks, type SigningKey } from '@fleethook/signing';
import { VERSION } from '../version.js';
import type { Webhook } from '../webhook.js';

const USER_AGENT = `Fleethook/${VERSION}`;

/** The request of one attempt, signed as of now in both schemes: receivers refuse what was published more than five minutes ago. */
export function deliveryRequest(
  webhook: Webhook,
  message: DeliveryMessage,
  keys: readonly SigningKey[],
  nowMs: number,
  timeoutMs: number,
  /** For the receiver's own traces; not signed. */
  trace?: TraceHeaders,
): EgressRequest {
  const { event, body } = message;
  const publishedAt = timestampOf(nowMs);
  const timestampSeconds = Math.floor(nowMs / 1_000);
  const { url, ownHeaders } = webhook;
  const headers = {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    'peridio-published-at': publishedAt,
    'peridio-signature': signPeridio(publishedAt, body, keys),
    'webhook-id': event,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signStandardWebhooks(event, timestampSeconds, body, keys),
    'fleethook-attempt': String(message.attempt),
    'fleethook-event': message.name,
  };
  writeTrace(headers, trace);
  // Ours last: nothing that a webhook's owner adds can take their place.
  return { url, headers: ownHeaders === undefined ? headers : { ...ownHeaders, ...headers }, body, timeoutMs };
}

import { newPrn, timestampOf, type Envelope, type EventName, type Prn } from '@fleethook/events';
import type { OwnHeaders } from '@fleethook/messages';
import { signPeridio, signStandardWebhooks } from '@fleethook/signing';

export const TEST_FIRE = 'webhook.test_fire' as EventName;
const USER_AGENT = 'Fleethook/0.1.0';

/** The event of a test fire: it says which webhook it is for, and nothing else. */
export function testFireEnvelope(organization: Prn<'organization'>, webhook: Prn<'webhook'>, nowMs: number): Envelope {
  return {
    version: 1,
    prn: newPrn(organization, 'event'),
    type: 'webhook',
    inserted_at: timestampOf(nowMs),
    data: { type: 'test_fire', data: { webhook_prn: webhook } },
  };
}

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The request that a delivery of this event would be: signed now, in both schemes. @param secrets oldest first */
export function signedRequest(
  envelope: Envelope,
  secrets: readonly Buffer[],
  ownHeaders: OwnHeaders,
  nowMs: number,
): SignedRequest {
  const body = Buffer.from(JSON.stringify(envelope));
  const publishedAt = timestampOf(nowMs);
  const timestampSeconds = Math.floor(nowMs / 1_000);
  return {
    body,
    headers: {
      // Ours last: nothing that a webhook's owner adds can take their place.
      ...ownHeaders,
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'peridio-published-at': publishedAt,
      'peridio-signature': signPeridio(publishedAt, body, secrets),
      'webhook-id': envelope.prn,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signStandardWebhooks(envelope.prn, timestampSeconds, body, secrets),
      'fleethook-attempt': '1',
      'fleethook-event': TEST_FIRE,
    },
  };
}

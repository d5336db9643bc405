import { newPrn, timestampOf, type Envelope, type EventName, type Prn } from '@fleethook/events';
import type { OwnHeaders } from '@fleethook/messages';
import { signedHeaders } from './signed-request.js';

export const TEST_FIRE = 'webhook.test_fire' as EventName;

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
  const ours = signedHeaders({ event: envelope.prn, name: TEST_FIRE, attempt: 1, atMs: nowMs }, body, secrets);
  // Ours last: nothing that a webhook's owner adds can take their place.
  return { body, headers: { ...ownHeaders, ...ours } };
}

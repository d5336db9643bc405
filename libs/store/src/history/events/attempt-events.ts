import {
  organizationOf,
  parseEventName,
  timestampOf,
  uuidV5In,
  type Envelope,
  type JsonObject,
  type Prn,
} from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';
import type { EventFact } from './event-fact.js';

const REQUEST_FAILED = parseEventName('webhook.request_failed');
const TEST_FIRE = parseEventName('webhook.test_fire');

/** In SQL, the names of events that stand for attempts: nobody sent them, so that they do not count as having come in. */
export const NAMES_OF_RECORDS = `('${REQUEST_FAILED}', '${TEST_FIRE}')`;

const uuidOfFailure = uuidV5In('b1d7a7a0-6a51-5c1e-8d0f-4f0d9b3a7c62');

/**
 * The events that an attempt stands for and that are on no topic: a test fire, which goes straight to its webhook, and the failure of a
 * request, which is a record only. Both follow from the attempt alone, so that reading it again gives the same events.
 */
export function eventsOfAttempt(attempt: AttemptMessage): EventFact[] {
  const events: EventFact[] = [];
  if (attempt.name === TEST_FIRE) events.push(testFire(attempt));
  if (attempt.outcome !== 'delivered') events.push(requestFailed(attempt));
  return events;
}

/** What the Admin API sent: the time of its acceptance is the time in its envelope. */
function testFire({ event, webhook, acceptedAtMs }: AttemptMessage): EventFact {
  return factOf(event, webhook, acceptedAtMs, 'test_fire', { webhook_prn: webhook });
}

function requestFailed(attempt: AttemptMessage): EventFact {
  const { webhook, delivery, series = '', startedAtMs } = attempt;
  const uuid = uuidOfFailure(`${delivery}/${series}/${attempt.attempt}/${startedAtMs}`);
  const event = `${organizationOf(webhook)}:event:${uuid}` as Prn<'event'>;
  const failedAtMs = startedAtMs + Math.round(attempt.latencyMs);
  const kind = kindOf(attempt.outcome);
  const status = kind === 'response_status' && attempt.status !== undefined ? { status: attempt.status } : {};
  return factOf(event, webhook, failedAtMs, 'request_failed', {
    type: kind,
    data: { webhook: { prn: webhook }, ...status },
  });
}

/** Peridio's three kinds; what it has none for keeps our name of the outcome (`tls`, `connection_refused`, ...). */
function kindOf(outcome: string): string {
  switch (outcome) {
    case 'http_status':
    case 'redirect':
    case 'gone':
      return 'response_status';
    case 'dns':
      return 'host_resolution_failed';
    case 'timeout':
      return 'response_timeout';
    default:
      return outcome;
  }
}

function factOf(
  event: Prn<'event'>,
  webhook: Prn<'webhook'>,
  atMs: number,
  type: 'test_fire' | 'request_failed',
  payload: JsonObject,
): EventFact {
  const envelope: Envelope = {
    version: 1,
    prn: event,
    type: 'webhook',
    inserted_at: timestampOf(atMs),
    data: { type, data: payload },
  };
  return {
    event,
    name: type === 'test_fire' ? TEST_FIRE : REQUEST_FAILED,
    acceptedAtMs: atMs,
    insertedAtMs: Math.floor(atMs / 1_000) * 1_000,
    resource: webhook,
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

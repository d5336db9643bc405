import { describe, expect, it } from '@jest/globals';
import { deliveryIdOf, newOrganizationPrn, newPrn, parseEventName, type Envelope } from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';
import { eventsOfAttempt } from './attempt-events.js';

const organization = newOrganizationPrn();
const webhook = newPrn(organization, 'webhook');
const event = newPrn(organization, 'event');

function attempt(changes: Partial<AttemptMessage>): AttemptMessage {
  return {
    v: 1,
    delivery: deliveryIdOf(event, webhook),
    attempt: 1,
    event,
    name: parseEventName('device.connected'),
    webhook,
    acceptedAtMs: Date.parse('2026-01-01T00:00:00.250Z'),
    startedAtMs: Date.parse('2026-01-01T00:00:01Z'),
    latencyMs: 1_600.4,
    outcome: 'http_status',
    status: 500,
    next: { kind: 'none' },
    ...changes,
  };
}

const envelopesOf = (of: AttemptMessage): Envelope[] =>
  eventsOfAttempt(of).map(({ body }) => JSON.parse(body.toString()) as Envelope);

const prnsOf = (changes: Partial<AttemptMessage>): string[] =>
  eventsOfAttempt(attempt(changes)).map((fact) => fact.event);

describe('the events that an attempt stands for', () => {
  it('are none when it delivered', () => {
    expect(eventsOfAttempt(attempt({ outcome: 'delivered', status: 200 }))).toEqual([]);
  });

  it("are a record of its failure, of the moment it failed, in Peridio's form", () => {
    const [fact] = eventsOfAttempt(attempt({}));
    expect(fact).toMatchObject({ name: 'webhook.request_failed', resource: webhook });
    expect(fact?.acceptedAtMs).toBe(Date.parse('2026-01-01T00:00:02.600Z'));
    expect(fact?.insertedAtMs).toBe(Date.parse('2026-01-01T00:00:02Z'));
    expect(envelopesOf(attempt({}))).toEqual([
      {
        version: 1,
        prn: fact?.event,
        type: 'webhook',
        inserted_at: '2026-01-01T00:00:02Z',
        data: {
          type: 'request_failed',
          data: { type: 'response_status', data: { webhook: { prn: webhook }, status: 500 } },
        },
      },
    ]);
  });

  it.each([
    ['redirect', 302, { type: 'response_status', data: { webhook: { prn: webhook }, status: 302 } }],
    ['gone', 410, { type: 'response_status', data: { webhook: { prn: webhook }, status: 410 } }],
    ['dns', undefined, { type: 'host_resolution_failed', data: { webhook: { prn: webhook } } }],
    ['timeout', undefined, { type: 'response_timeout', data: { webhook: { prn: webhook } } }],
    ['timeout', 200, { type: 'response_timeout', data: { webhook: { prn: webhook } } }],
    ['connection_refused', undefined, { type: 'connection_refused', data: { webhook: { prn: webhook } } }],
  ])('tell of %s with status %s what came back', (outcome, status, payload) => {
    expect(envelopesOf(attempt({ outcome, status })).map(({ data }) => data.data)).toEqual([payload]);
  });

  it('have the same names when the attempt is read again, and others for another attempt', () => {
    expect(prnsOf({})).toEqual(prnsOf({}));
    const others = [
      { attempt: 2 },
      { series: 's' },
      { startedAtMs: 1 },
      { delivery: deliveryIdOf(event, newPrn(organization, 'webhook')) },
    ];
    expect(new Set([{}, ...others].flatMap(prnsOf)).size).toBe(5);
  });

  it('are the test fire itself, whose bytes are on no topic', () => {
    const fired = attempt({ name: parseEventName('webhook.test_fire'), outcome: 'delivered', status: 200 });
    expect(envelopesOf(fired)).toEqual([
      {
        version: 1,
        prn: event,
        type: 'webhook',
        inserted_at: '2026-01-01T00:00:00Z',
        data: { type: 'test_fire', data: { webhook_prn: webhook } },
      },
    ]);
    expect(eventsOfAttempt({ ...fired, outcome: 'dns' })).toHaveLength(2);
  });
});

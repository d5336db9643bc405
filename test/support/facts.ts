import { randomUUID } from 'node:crypto';
import { deliveryIdOf, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { AttemptMessage } from '@fleethook/messages';

const organization = newOrganizationPrn();

/** An attempt that was delivered just now, of an event and a webhook of its own; every field can be told otherwise. */
export function attemptMessage(changes: Partial<AttemptMessage> = {}): AttemptMessage {
  const event = changes.event ?? newPrn(organization, 'event');
  const webhook = changes.webhook ?? newPrn(organization, 'webhook');
  const nowMs = Date.now();
  return {
    v: 1,
    delivery: deliveryIdOf(event, webhook),
    attempt: 1,
    event,
    name: parseEventName('device.connected'),
    webhook,
    acceptedAtMs: nowMs - 20,
    startedAtMs: nowMs - 10,
    latencyMs: 8.5,
    outcome: 'delivered',
    status: 200,
    address: '203.0.113.7',
    excerpt: 'ok',
    next: { kind: 'none' },
    ...changes,
  };
}

/** The same, failed, with another attempt to come. */
export function failedAttempt(changes: Partial<AttemptMessage> = {}): AttemptMessage {
  const startedAtMs = changes.startedAtMs ?? Date.now();
  return attemptMessage({
    outcome: 'http_status',
    status: 500,
    next: { kind: 'retry', tier: '5s', dueAtMs: startedAtMs + 5_000 },
    startedAtMs,
    ...changes,
  });
}

export const someSeries = (): string => randomUUID();

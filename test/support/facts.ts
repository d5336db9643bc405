import { randomUUID } from 'node:crypto';
import {
  deliveryIdOf,
  newOrganizationPrn,
  newPrn,
  organizationOf,
  parseEventName,
  timestampOf,
  type JsonObject,
  type Prn,
} from '@fleethook/events';
import type { AttemptMessage, EventMessage } from '@fleethook/messages';

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

export interface EventChanges {
  readonly organization?: Prn<'organization'> | undefined;
  readonly event?: Prn<'event'> | undefined;
  /** `category.event` */
  readonly name?: string;
  readonly acceptedAtMs?: number;
  /** Default: when it was accepted. */
  readonly insertedAtMs?: number;
  readonly payload?: JsonObject;
}

/** An event as intake accepts it, of a device of its own unless the payload says otherwise. */
export function eventMessage(changes: EventChanges = {}): EventMessage {
  const event = changes.event ?? newPrn(changes.organization ?? organization, 'event');
  const name = parseEventName(changes.name ?? 'device.connected');
  const acceptedAtMs = changes.acceptedAtMs ?? Date.now();
  const [category, type] = name.split('.');
  const payload = changes.payload ?? { device: { prn: newPrn(organizationOf(event), 'device'), identifier: 'pump-1' } };
  const envelope = {
    version: 1,
    prn: event,
    type: category,
    inserted_at: timestampOf(changes.insertedAtMs ?? acceptedAtMs),
    data: { type, data: payload },
  };
  return { event, name, acceptedAtMs, body: Buffer.from(JSON.stringify(envelope)) };
}

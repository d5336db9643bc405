import { isPrn, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import { faultOf, integer, is, number, optional, text, type FieldChecks } from './field-checks.js';
import type { EncodedRecord, RecordToSend } from './headers.js';
import { requireReadable } from './unreadable.js';
import { MessageError } from '../message-error.js';

/** What follows an attempt: nothing, another one in a tier, or the dead-letter topic. */
export type NextStep =
  { kind: 'none' } | { kind: 'retry'; tier: string; dueAtMs: number } | { kind: 'dead'; reason: string };

export interface AttemptMessage {
  v: 1;
  /** Derived from event and webhook; with `series` and `attempt` it names this record. */
  delivery: string;
  series?: string | undefined;
  attempt: number;
  event: Prn<'event'>;
  name: EventName;
  webhook: Prn<'webhook'>;
  /** Of the webhook's configuration that the request was made of. Earlier releases did not say. */
  configVersion?: number | undefined;
  /** When intake took the event, when the attempt began: epoch milliseconds. */
  acceptedAtMs: number;
  startedAtMs: number;
  latencyMs: number;
  outcome: string;
  /** Of a timeout: dns, connect, tls, headers, body. */
  stage?: string | undefined;
  status?: number | undefined;
  address?: string | undefined;
  /** The first 4 KiB of the answer, repaired UTF-8 without NUL. */
  excerpt?: string | undefined;
  /** Words for a person: what went wrong. */
  detail?: string | undefined;
  next: NextStep;
}

export function encodeAttempt(message: AttemptMessage): RecordToSend {
  return { key: message.webhook, value: JSON.stringify(message), headers: {} };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const EPOCH_MS = integer({ min: 0 });

const NEXT_STEPS: Readonly<Record<NextStep['kind'], FieldChecks>> = {
  none: {},
  retry: { tier: text, dueAtMs: EPOCH_MS },
  dead: { reason: text },
};

// By hand rather than by a schema: the recorder reads one of these per attempt, and a schema takes ten times as long.
const ATTEMPT: FieldChecks = {
  v: is('1', (value) => value === 1),
  delivery: is('a UUID', (value) => typeof value === 'string' && UUID.test(value)),
  series: optional(text),
  attempt: integer({ min: 1 }),
  event: is("an event's PRN", (value) => typeof value === 'string' && isPrn(value, 'event')),
  name: is('an event name', (value) => typeof value === 'string' && normaliseEventName(value) === value),
  webhook: is("a webhook's PRN", (value) => typeof value === 'string' && isPrn(value, 'webhook')),
  configVersion: optional(integer({ min: 0 })),
  acceptedAtMs: EPOCH_MS,
  startedAtMs: EPOCH_MS,
  latencyMs: number({ min: 0 }),
  outcome: text,
  stage: optional(text),
  status: optional(integer({ min: Number.MIN_SAFE_INTEGER })),
  address: optional(text),
  excerpt: optional(text),
  detail: optional(text),
  next: is('a next step', (value) => faultOfNext(value) === undefined),
};

function faultOfNext(value: unknown): string | undefined {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (kind !== 'none' && kind !== 'retry' && kind !== 'dead') return 'kind is unknown';
  return faultOf(value, NEXT_STEPS[kind]);
}

/** Fields that this release does not know are left alone. @throws MessageError */
export function decodeAttempt(record: EncodedRecord): AttemptMessage {
  requireReadable(record);
  if (record.value === null) throw new MessageError('VALUE_MISSING', 'webhook.attempts');
  let value: unknown;
  try {
    value = JSON.parse(record.value.toString('utf8'));
  } catch (cause) {
    throw new MessageError('VALUE_INVALID', 'not JSON', { cause });
  }
  const fault = faultOf(value, ATTEMPT);
  if (fault !== undefined) throw new MessageError('VALUE_INVALID', fault);
  return value as AttemptMessage;
}

import { z } from 'zod';
import { isPrn, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import type { EncodedRecord, RecordToSend } from './headers.js';
import { MessageError } from './message-error.js';

/** What follows an attempt: nothing, another one in a tier, or the dead-letter topic. */
const Next = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('retry'), tier: z.string(), dueAtMs: z.int().nonnegative() }),
  z.object({ kind: z.literal('dead'), reason: z.string() }),
]);
export type NextStep = z.infer<typeof Next>;

const prn = <T extends 'event' | 'webhook'>(type: T) =>
  z.custom<Prn<T>>((text) => typeof text === 'string' && isPrn(text, type));

const Attempt = z.object({
  v: z.literal(1),
  /** Derived from event and webhook; with `series` and `attempt` it names this record. */
  delivery: z.uuid(),
  series: z.string().optional(),
  attempt: z.int().min(1),
  event: prn('event'),
  name: z.custom<EventName>((text) => typeof text === 'string' && normaliseEventName(text) === text),
  webhook: prn('webhook'),
  /** When intake took the event, when the attempt began: epoch milliseconds. */
  acceptedAtMs: z.int().nonnegative(),
  startedAtMs: z.int().nonnegative(),
  latencyMs: z.number().nonnegative(),
  outcome: z.string(),
  /** Of a timeout: dns, connect, tls, headers, body. */
  stage: z.string().optional(),
  status: z.int().optional(),
  address: z.string().optional(),
  /** The first 4 KiB of the answer, repaired UTF-8 without NUL. */
  excerpt: z.string().optional(),
  /** Words for a person: what went wrong. */
  detail: z.string().optional(),
  next: Next,
});
export type AttemptMessage = z.infer<typeof Attempt>;

export function encodeAttempt(message: AttemptMessage): RecordToSend {
  return { key: message.webhook, value: JSON.stringify(message), headers: {} };
}

/** @throws MessageError */
export function decodeAttempt(record: EncodedRecord): AttemptMessage {
  if (record.value === null) throw new MessageError('VALUE_MISSING', 'webhook.attempts');
  let value: unknown;
  try {
    value = JSON.parse(record.value.toString('utf8'));
  } catch (cause) {
    throw new MessageError('VALUE_INVALID', 'not JSON', { cause });
  }
  const parsed = Attempt.safeParse(value);
  if (!parsed.success) throw new MessageError('VALUE_INVALID', z.prettifyError(parsed.error), { cause: parsed.error });
  return parsed.data;
}

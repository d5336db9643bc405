import { isPrn, type Prn } from '@fleethook/events';
import { faultOf, is, type FieldCheck, type FieldChecks } from './field-checks.js';
import { headerText, type EncodedRecord, type RecordToSend } from './headers.js';
import { MessageError } from '../message-error.js';

/**
 * What `webhook.attempts` holds beside attempts says so in this header; an attempt has none. Whoever does not know a kind passes it over: of a
 * release before kinds, as a record that cannot be read.
 */
const KIND = 'fleethook-kind';
const BREAKER = 'breaker';

export type ReportKind = 'attempt' | 'breaker' | 'unknown';

/** A lane's breaker has opened, again after a probe that failed included, or closed. Sent when it does, and at no other time. */
export interface BreakerMessage {
  v: 1;
  webhook: Prn<'webhook'>;
  /** 0 unless the webhook is spread over several. */
  lane: number;
  state: 'open' | 'closed';
  /** Epoch milliseconds. */
  atMs: number;
  /** Of an open one: when a probe may go, and it counts as half open. */
  openUntilMs?: number | undefined;
}

export function reportKind({ headers }: Pick<EncodedRecord, 'headers'>): ReportKind {
  const kind = headerText(headers, KIND);
  if (kind === undefined) return 'attempt';
  return kind === BREAKER ? BREAKER : 'unknown';
}

export function encodeBreaker(message: BreakerMessage): RecordToSend {
  return { key: message.webhook, value: JSON.stringify(message), headers: { [KIND]: BREAKER } };
}

// PostgreSQL has to take them, or the record would be tried again for ever.
const MAX_LANE = 32_767;
const MAX_EPOCH_MS = Date.UTC(9999, 11, 31);
const EPOCH_MS = wholeNumber(MAX_EPOCH_MS);

function wholeNumber(max: number): FieldCheck {
  return is(`a whole number from 0 to ${max}`, (value) => Number.isSafeInteger(value) && inRange(value as number, max));
}

const inRange = (value: number, max: number): boolean => value >= 0 && value <= max;

const CLOSED: FieldChecks = {
  v: is('1', (value) => value === 1),
  webhook: is("a webhook's PRN", (value) => typeof value === 'string' && isPrn(value, 'webhook')),
  lane: wholeNumber(MAX_LANE),
  state: is('open or closed', (value) => value === 'open' || value === 'closed'),
  atMs: EPOCH_MS,
};
const OPEN: FieldChecks = { ...CLOSED, openUntilMs: EPOCH_MS };

/** Fields that this release does not know are left alone. @throws MessageError */
export function decodeBreaker({ value: bytes }: EncodedRecord): BreakerMessage {
  if (bytes === null) throw new MessageError('VALUE_MISSING', 'webhook.attempts');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new MessageError('VALUE_INVALID', 'not JSON', { cause });
  }
  const isOpen = typeof value === 'object' && value !== null && 'state' in value && value.state === 'open';
  const fault = faultOf(value, isOpen ? OPEN : CLOSED);
  if (fault !== undefined) throw new MessageError('VALUE_INVALID', fault);
  return value as BreakerMessage;
}

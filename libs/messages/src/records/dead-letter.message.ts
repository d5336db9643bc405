import type { EncodedRecord, RecordToSend } from './headers.js';
import { headerInteger, headerText } from './headers.js';
import { decodeDelivery, encodeDelivery, type DeliveryMessage } from './delivery.message.js';
import { requireReadable } from './unreadable.js';
import { MessageError } from '../message-error.js';

/** Why a record ends in `webhook.dead`. */
export const DEAD_REASONS = [
  'horizon_reached',
  'gone',
  'webhook_deleted',
  'webhook_disabled',
  'undecodable',
  'too_large',
] as const;
export type DeadReason = (typeof DEAD_REASONS)[number];

/** Where a record was read: enough to find it again while its topic keeps it. */
export interface SourceCoordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A delivery that ended undelivered: whole, so that it can be sent again. */
export interface DeadDelivery {
  readonly kind: 'delivery';
  readonly deadReason: DeadReason;
  readonly diedAtMs: number;
  readonly delivery: DeliveryMessage;
}

/** A record that could not be read: its raw bytes, the reason and where it came from. */
export interface DeadRecord {
  readonly kind: 'record';
  readonly deadReason: 'undecodable' | 'too_large';
  readonly diedAtMs: number;
  readonly detail: string;
  readonly source: SourceCoordinates;
  readonly key: string;
  readonly raw: Buffer | null;
}

export function encodeDeadDelivery(dead: DeadDelivery): RecordToSend {
  const record = encodeDelivery(dead.delivery);
  return { ...record, headers: { ...record.headers, dead: dead.deadReason, 'dead-at': String(dead.diedAtMs) } };
}

const MAX_DETAIL_CHARACTERS = 1_000;

export function encodeDeadRecord(dead: DeadRecord): RecordToSend {
  const { topic, partition, offset } = dead.source;
  return {
    key: dead.key,
    value: dead.raw,
    headers: {
      dead: dead.deadReason,
      'dead-at': String(dead.diedAtMs),
      detail: dead.detail.slice(0, MAX_DETAIL_CHARACTERS),
      source: `${topic}/${partition}/${offset}`,
    },
  };
}

/** @throws MessageError */
export function decodeDead(record: EncodedRecord): DeadDelivery | DeadRecord {
  requireReadable(record);
  const { headers } = record;
  const deadReason = DEAD_REASONS.find((reason) => reason === headerText(headers, 'dead'));
  if (deadReason === undefined) throw new MessageError('HEADER_MISSING', 'dead');
  const diedAtMs = headerInteger(headers, 'dead-at');
  if (diedAtMs === undefined) throw new MessageError('HEADER_MISSING', 'dead-at');
  const source = headerText(headers, 'source');
  if (source === undefined) return { kind: 'delivery', deadReason, diedAtMs, delivery: decodeDelivery(record) };
  const match = /^(.+)\/(\d+)\/(\d+)$/.exec(source);
  if (match === null || (deadReason !== 'undecodable' && deadReason !== 'too_large'))
    throw new MessageError('HEADER_MISSING', 'source');
  return {
    kind: 'record',
    deadReason,
    diedAtMs,
    detail: headerText(headers, 'detail') ?? '',
    source: { topic: match[1] ?? '', partition: Number(match[2]), offset: Number(match[3]) },
    key: record.key ?? '',
    raw: record.value,
  };
}

import {
  isPrn,
  normaliseBody,
  uuidV5In,
  withoutByteOrderMark,
  type EventTypes,
  type FieldErrors,
  type Prn,
} from '@fleethook/events';
import type { EventRead, EventRecord } from './event-read.js';
import { headerText, traceHeaders } from './headers.js';
import { unreadableReason } from './unreadable.js';
import { MAX_EVENT_BYTES } from '../topic-table.js';

/** Names of events whose producer gave them none. */
const uuidOfCoordinates = uuidV5In('0d5c1f2e-8f0b-5b1c-9f3a-7a4c2f6f9b11');

/**
 * Reads what a producer wrote straight to `fleet.events`: the event as JSON, its organization in the header `organization` or in the
 * event's own PRN. It is checked as intake checks, and gets the same one form. Whatever is filled in follows from the record alone, so
 * that reading it again gives the same event.
 */
export class DirectEventReader {
  constructor(private readonly types: EventTypes) {}

  /** Never throws for what a producer wrote. */
  read(record: EventRecord): EventRead {
    const { value } = record;
    // -1: written without a time.
    const acceptedAtMs = record.timestampMs > 0 ? record.timestampMs : Date.now();
    if (value === null) return undecodable(unreadableReason(record) ?? 'the record has no value');
    const organization = headerText(record.headers, 'organization');
    if (organization !== undefined && !isPrn(organization, 'organization'))
      return undecodable('the header organization is not the PRN of an organization');
    const checked = normaliseBody(withoutByteOrderMark(value), {
      organization,
      prn: organization === undefined ? undefined : prnOf(organization, record),
      nowMs: acceptedAtMs,
      types: this.types,
      maxEventBytes: MAX_EVENT_BYTES,
    });
    if (checked.kind === 'refused') {
      const reason = checked.reason === 'too_large' ? 'too_large' : 'undecodable';
      return { kind: 'refused', reason, detail: sentenceOf(checked.errors) };
    }
    const { prn: event, name, body } = checked;
    return { kind: 'event', event: { event, name, acceptedAtMs, body, trace: traceHeaders(record.headers) } };
  }
}

function undecodable(detail: string): EventRead {
  return { kind: 'refused', reason: 'undecodable', detail };
}

function prnOf(organization: Prn<'organization'>, { topic, partition, offset }: EventRecord): Prn<'event'> {
  const uuid = uuidOfCoordinates(`${topic}/${partition}/${offset}`);
  return `${organization}:event:${uuid}` as Prn<'event'>;
}

/** `/data/type is required; the event is not JSON`. */
function sentenceOf(errors: FieldErrors): string {
  return Object.entries(errors)
    .flatMap(([pointer, messages]) => messages.map((message) => `${pointer === '' ? 'the event' : pointer} ${message}`))
    .join('; ');
}

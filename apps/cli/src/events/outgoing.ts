import { newPrn, uuidV5In, type Prn } from '@fleethook/events';
import { isRecord } from '../values/json-value.js';

type Organization = Prn<'organization'>;

/** An event on its way to the intake. */
export interface OutgoingEvent {
  /** Its line in what was read, from 1. */
  readonly line: number;
  readonly json: string;
}

/**
 * Gives an event without a PRN one: when an answer is lost, the event can be sent again and stays the same event. Its other bytes stay as
 * they are, for the intake to judge them.
 */
export function named(json: string, organization: Organization): string {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch {
    return json;
  }
  if (!isRecord(event) || 'prn' in event) return json;
  const rest = json.slice(json.indexOf('{') + 1);
  return `{"prn":"${newPrn(organization, 'event')}"${rest.trimStart().startsWith('}') ? '' : ','}${rest}`;
}

const deviceUuid = uuidV5In('3d0f6a0e-0c1b-5a57-8f5c-6f1f0a4b7c21');

/** A device by what its fleet calls it: the same name is the same device each time. */
export function deviceOf(organization: Organization, given: string): { prn: string; identifier?: string } {
  if (given.startsWith('prn:')) return { prn: given };
  return { prn: devicePrnOf(organization, given), identifier: given };
}

export function devicePrnOf(organization: Organization, identifier: string): Prn<'device'> {
  return `${organization}:device:${deviceUuid(`${organization} ${identifier}`)}` as Prn<'device'>;
}

import { EventError } from './event-error.js';

declare const name: unique symbol;
/** `category.event`, e.g. `device.release_changed`: always with underscores. */
export type EventName = string & { readonly [name]: true };

const PATTERN = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/;

/** Accepts Peridio's older hyphen spelling (`device.release-changed`) and blanks around; answers the underscore form. */
export function normaliseEventName(text: string): EventName | undefined {
  const candidate = text.trim().replaceAll('-', '_');
  return PATTERN.test(candidate) ? (candidate as EventName) : undefined;
}

/** @throws EventError EVENT_NAME_INVALID */
export function parseEventName(text: string): EventName {
  const parsed = normaliseEventName(text);
  if (parsed === undefined) throw new EventError('EVENT_NAME_INVALID', { text });
  return parsed;
}

/** The name of an envelope's event: its category and the event within it. */
export function eventNameOf(envelope: { type: string; data: { type: string } }): EventName {
  return parseEventName(`${envelope.type}.${envelope.data.type}`);
}

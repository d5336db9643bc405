import { EventError } from '../event-error.js';

declare const name: unique symbol;
/** `category.event`, e.g. `device.release_changed`: always with underscores. */
export type EventName = string & { readonly [name]: true };

const PATTERN = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/;

/** Every record names its event, and there are few names: those in the right form already are remembered, so many at most. */
const MAX_REMEMBERED = 1_024;
const remembered = new Set<string>();

/** Accepts Peridio's older hyphen spelling (`device.release-changed`) and blanks around; answers the underscore form. */
export function normaliseEventName(text: string): EventName | undefined {
  if (remembered.has(text)) return text as EventName;
  const candidate = text.trim().replaceAll('-', '_');
  if (!PATTERN.test(candidate)) return undefined;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.add(candidate);
  return candidate as EventName;
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

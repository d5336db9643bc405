import { normaliseEventName, type EventName } from '@fleethook/events';

/** Where the next page of a list by name starts: after this name. Opaque to clients. */
export function encodeNameCursor(after: EventName): string {
  return Buffer.from(JSON.stringify({ after })).toString('base64url');
}

const MAX_CURSOR_LENGTH = 256;

/** Undefined for anything that `encodeNameCursor` did not make. */
export function decodeNameCursor(text: string): EventName | undefined {
  if (text.length > MAX_CURSOR_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as { after?: unknown } | null;
    const after = value?.after;
    const name = typeof after === 'string' ? normaliseEventName(after) : undefined;
    return name === after ? name : undefined;
  } catch {
    return undefined;
  }
}

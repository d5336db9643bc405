/** Where the next page starts: after this row, in the order of the list. Opaque to clients. */
export interface Cursor {
  readonly atMs: number;
  /** Of a list by name, whose time is of no account, the name. */
  readonly id: string;
  /** Of a delivery: a resend or a replay is a series of its own. */
  readonly series?: string | undefined;
  /** Which list it is of: see bound-cursor.ts. */
  readonly of?: string | undefined;
  /** When it was accepted, where `atMs` is another time and the same event can stand there more than once. */
  readonly acceptedAtMs?: number | undefined;
}

export function encodeCursor({ atMs, id, series, of, acceptedAtMs }: Cursor): string {
  const optional = [series, of, acceptedAtMs].map((part) => part ?? null);
  const last = optional.findLastIndex((part) => part !== null);
  return Buffer.from(JSON.stringify([atMs, id, ...optional.slice(0, last + 1)])).toString('base64url');
}

const MAX_CURSOR_LENGTH = 512;
/** All that the `inserted_at` of an event can be: years of four digits. One device without a clock must not end the list for all. */
const MIN_AT_MS = Date.parse('0000-01-01T00:00:00Z');
const MAX_AT_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Undefined for anything that `encodeCursor` did not make. */
export function decodeCursor(text: string): Cursor | undefined {
  if (text.length > MAX_CURSOR_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(value) || value.length < 2 || value.length > 5) return undefined;
    const [atMs, id, ...optional] = value as unknown[];
    const [series, of, acceptedAtMs] = optional.map((part) => part ?? undefined);
    if (!isTime(atMs) || (acceptedAtMs !== undefined && !isTime(acceptedAtMs))) return undefined;
    if (typeof id !== 'string' || !/^[a-z0-9:_.-]{1,132}$/.test(id)) return undefined;
    if (series !== undefined && (typeof series !== 'string' || !/^[\x20-\x7e]{0,128}$/.test(series))) return undefined;
    if (of !== undefined && (typeof of !== 'string' || !/^[A-Za-z0-9_-]{12}$/.test(of))) return undefined;
    return { atMs, id, series, of, acceptedAtMs };
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= MIN_AT_MS && value <= MAX_AT_MS;
}

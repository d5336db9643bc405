import { isRecord } from '../values/json-value.js';

/** What often happens to a body on its way to the check, and how to undo it. */
export interface BodyVariant {
  readonly code: string;
  readonly message: string;
  /** The body as it may have been; undefined where this cannot have happened. */
  readonly undo: (body: Buffer) => Buffer | undefined;
}

const text = (body: Buffer): string => body.toString('utf8');

export const BODY_VARIANTS: readonly BodyVariant[] = [
  {
    code: 'BODY_FINAL_NEWLINE',
    message: 'the body has a line end at its end that was not sent: editors and `echo` add one',
    undo: (body) => Buffer.from(text(body).replace(/[\r\n]+$/, '')),
  },
  {
    code: 'BODY_BYTE_ORDER_MARK',
    message: 'the body begins with a byte order mark that was not sent',
    undo: (body) => Buffer.from(text(body).replace(/^\uFEFF/, '')),
  },
  {
    code: 'BODY_RESERIALIZED',
    message:
      'the body was parsed and written again (other blanks, escapes or numbers): check the raw bytes, before any JSON middleware',
    undo: (body) => serialized(body, (value) => value),
  },
  {
    code: 'BODY_REORDERED',
    message: 'the body was parsed and written again with its keys in another order: check the raw bytes',
    undo: (body) => serialized(body, inOrder),
  },
  {
    code: 'BODY_QUOTED',
    message: 'the body was written as a JSON text within quotes: check the raw bytes',
    undo: (body) => {
      const value = parsed(body);
      return typeof value === 'string' ? Buffer.from(value) : undefined;
    },
  },
];

/** Fleethook sends what writing the parsed body again gives. */
export function isAsSent(body: Buffer): boolean {
  return serialized(body, (value) => value)?.equals(body) === true;
}

function serialized(body: Buffer, change: (value: unknown) => unknown): Buffer | undefined {
  const value = parsed(body);
  return isRecord(value) ? Buffer.from(JSON.stringify(change(value))) : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(text(body).replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** Only the envelope's order is known. */
function inOrder(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value['data'])) return value;
  const { version, prn, type, inserted_at, data } = value;
  return { version, prn, type, inserted_at, data: { type: data['type'], data: data['data'] } };
}

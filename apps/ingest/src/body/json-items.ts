import { JsonScan } from '@fleethook/events';

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/** One event of a body, between `start` and `end`; `scan` is of these bytes, and the caller's only until the next item. */
export interface JsonItem {
  readonly start: number;
  readonly end: number;
  readonly scan: JsonScan | undefined;
}

/**
 * The events of a JSON body: the items of an array, else the body itself. The items are cut out, not checked.
 * @returns false after the last item when the brackets around and the commas between the items are not those of an array
 */
export function* jsonItems(bytes: Buffer): Generator<JsonItem, boolean, undefined> {
  const first = skipBlanks(bytes, 0);
  if (bytes[first] !== OPEN_BRACKET) {
    yield { start: first, end: bytes.length, scan: undefined };
    return true;
  }
  let at = skipBlanks(bytes, first + 1);
  const scan = new JsonScan();
  if (bytes[at] !== CLOSE_BRACKET) {
    for (let isLast = false; !isLast;) {
      const end = scan.scan(bytes, at, bytes.length);
      isLast = bytes[end] !== COMMA;
      yield { start: at, end, scan };
      at = isLast ? end : end + 1;
    }
  }
  return bytes[at] === CLOSE_BRACKET && skipBlanks(bytes, at + 1) === bytes.length;
}

/** RFC 8259 §2: space, tab, line feed, carriage return. */
function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

/** ASN.1 in DER (X.690), as much as a certificate needs. */

const LONG_FORM = 0x80;

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** X.690 §8.1.3: in one byte up to 127, else the number of bytes and the bytes. */
function lengthOf(length: number): Buffer {
  if (length < LONG_FORM) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([LONG_FORM + bytes.length]), bytes]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const truth = Buffer.from([0x01, 0x01, 0xff]);
/** Without unused bits. */
export const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
/** The first `count` bits of a byte. */
export const flags = (byte: number, count: number): Buffer => tagged(0x03, Buffer.from([8 - count, byte]));
/** `[number]`, around another value. */
export const explicit = (number: number, content: Buffer): Buffer => tagged(0xa0 + number, content);
/** `[number]`, in the place of a primitive type's tag. */
export const implicit = (number: number, content: Buffer): Buffer => tagged(0x80 + number, content);

/** Not negative. */
export function integer(bytes: Buffer): Buffer {
  // X.690 §8.3: the highest bit would be a sign.
  return tagged(0x02, (bytes[0] ?? 0) >= LONG_FORM ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** RFC 5280 §4.1.2.5: two digits of the year until 2049. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

/** `2.5.29.17` (X.690 §8.19): base 128, the first two arcs in one. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) + 128);
    return digits;
  });
  return tagged(0x06, Buffer.from(bytes));
}

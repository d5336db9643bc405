import * as crypto from 'node:crypto';
import { keyOf, type SigningKey } from './secret.js';

/** Node has it since 20.12, and this room is also a package for receivers, in Node 20 or later. */
const { hash }: Partial<Pick<typeof crypto, 'hash'>> = crypto;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
const MAX_UTF8_BYTES_PER_CHARACTER = 3;

/** Of what is longer, copying would take longer than Node's object for an HMAC does. */
const MAX_SHORT_BYTES = 8_192;

/** A key as the inputs of both hashes begin with it. */
interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const paddedKeys = new WeakMap<SigningKey, PaddedKey>();
const innerInput = Buffer.allocUnsafeSlow(BLOCK_BYTES + MAX_SHORT_BYTES);
const outerInput = Buffer.allocUnsafeSlow(BLOCK_BYTES + DIGEST_BYTES);

/**
 * HMAC-SHA256 of a prefix and a body. Each delivery is signed twice, and for a short message Node takes as long to make its object as to
 * hash: so short ones go through two of its one-shot hashes, as RFC 2104 composes them, in half the time.
 */
export function hmacSha256(
  key: SigningKey,
  prefix: string,
  body: Buffer,
  encoding: crypto.BinaryToTextEncoding,
): string {
  const isShort = prefix.length * MAX_UTF8_BYTES_PER_CHARACTER + body.length <= MAX_SHORT_BYTES;
  const padded = isShort ? paddedKeyOf(key) : undefined;
  if (padded === undefined || hash === undefined)
    return crypto.createHmac('sha256', keyOf(key)).update(prefix).update(body).digest(encoding);
  innerInput.set(padded.inner);
  const bodyAt = BLOCK_BYTES + innerInput.write(prefix, BLOCK_BYTES);
  innerInput.set(body, bodyAt);
  outerInput.set(padded.outer);
  outerInput.write(hash('sha256', innerInput.subarray(0, bodyAt + body.length), 'binary'), BLOCK_BYTES, 'binary');
  return hash('sha256', outerInput, encoding);
}

/** @returns undefined for a key longer than a block, which would have to be hashed itself: a webhook's secret never is */
function paddedKeyOf(key: SigningKey): PaddedKey | undefined {
  let padded = paddedKeys.get(key);
  if (padded === undefined) {
    const bytes = Buffer.isBuffer(key) ? key : key.export();
    if (bytes.length > BLOCK_BYTES) return undefined;
    padded = { inner: padOf(bytes, INNER_PAD), outer: padOf(bytes, OUTER_PAD) };
    paddedKeys.set(key, padded);
  }
  return padded;
}

function padOf(key: Buffer, pad: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES, pad);
  for (const [index, byte] of key.entries()) bytes[index] = byte ^ pad;
  return bytes;
}

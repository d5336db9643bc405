/* eslint-disable no-bitwise -- RFC 9562 lays a UUID out in bits */
import { randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Six bytes of it go into each name, four when a millisecond begins. */
const pool = Buffer.alloc(4_096);
let poolAt = pool.length;

let lastMs = -1;
let timePart = '';
let sequence = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7): the millisecond, a 32-bit sequence that begins at random with every millisecond (§6.2, method 1:
 * names of one process sort as they were given), and 42 random bits. A fraction of the cost of the general library's: intake names every
 * event.
 */
export function newUuidV7(): string {
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    const time = nowMs.toString(16).padStart(12, '0');
    timePart = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    const at = take(4);
    // The highest bit is left for the sequence to grow into.
    sequence = pool.readUInt32BE(at) & 0x7fff_ffff;
  } else sequence = (sequence + 1) >>> 0;
  const at = take(6);
  const variant = 0x80 | ((sequence >>> 14) & 0x3f);
  const mixed = ((sequence << 2) & 0xfc) | (byteAt(at) & 0x03);
  return `${timePart}${hex(sequence >>> 20).padStart(3, '0')}-${hex(variant)}${hex((sequence >>> 6) & 0xff)}-${hex(mixed)}${hex(byteAt(at + 1))}${hex(byteAt(at + 2))}${hex(byteAt(at + 3))}${hex(byteAt(at + 4))}${hex(byteAt(at + 5))}`;
}

function hex(value: number): string {
  return HEX[value] ?? value.toString(16);
}

function byteAt(index: number): number {
  return pool[index] ?? 0;
}

/** Where so many fresh random bytes are. */
function take(bytes: number): number {
  if (poolAt + bytes > pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += bytes;
  return poolAt - bytes;
}

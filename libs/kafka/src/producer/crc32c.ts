/** CRC-32C (Castagnoli), eight bytes at a time: the checksum of a record batch. Node's zlib only has the other CRC-32. */

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index += 1) {
    const before = at(table, index - 256);
    table[index] = (before >>> 8) ^ at(table, before & 0xff);
  }
  return table;
}

function at(values: Int32Array | Uint8Array, index: number): number {
  // Every index here is in range; the fallback only satisfies the checked types.
  return values[index] ?? 0;
}

/** @returns an unsigned 32-bit number */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const table = TABLE;
  let crc = -1;
  let i = start;
  for (const last = end - SLICES; i <= last; i += SLICES) {
    crc ^= at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    crc =
      at(table, 1_792 + (crc & 0xff)) ^
      at(table, 1_536 + ((crc >>> 8) & 0xff)) ^
      at(table, 1_280 + ((crc >>> 16) & 0xff)) ^
      at(table, 1_024 + (crc >>> 24)) ^
      at(table, 768 + at(bytes, i + 4)) ^
      at(table, 512 + at(bytes, i + 5)) ^
      at(table, 256 + at(bytes, i + 6)) ^
      at(table, at(bytes, i + 7));
  }
  for (; i < end; i += 1) crc = at(table, (crc ^ at(bytes, i)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

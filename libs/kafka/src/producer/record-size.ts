/** Bytes of a number as a zigzag varint; for lengths and deltas, which are never below zero (null is -1: one byte). */
export function varintBytes(value: number): number {
  if (value < 0x40) return 1;
  if (value < 0x2000) return 2;
  if (value < 0x10_0000) return 3;
  return value < 0x800_0000 ? 4 : 5;
}

/** What a record takes in a batch, without its length and its offset, which depend on the place in the batch. */
export interface RecordSize {
  readonly keyBytes: number;
  /** -1 for a tombstone. */
  readonly valueBytes: number;
  readonly headerCount: number;
  readonly bodyBytes: number;
}

/** The longest length and offset that a record may have in a batch. */
const FRAME_BYTES = 5 + 3;

/** An upper bound of what a record adds to a batch. */
export function framedBytes(size: RecordSize): number {
  return size.bodyBytes + FRAME_BYTES;
}

/** Attributes and the time's distance from the batch's, which is always zero. */
const FIXED_BYTES = 2;

export function measureRecord(
  key: string,
  value: Buffer | string | null,
  headers: Readonly<Record<string, string>>,
): RecordSize {
  const keyBytes = Buffer.byteLength(key);
  const valueBytes = value === null ? -1 : typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  let bodyBytes = FIXED_BYTES + varintBytes(keyBytes) + keyBytes + varintBytes(Math.max(valueBytes, 0));
  if (valueBytes > 0) bodyBytes += valueBytes;
  let headerCount = 0;
  for (const name in headers) {
    const nameBytes = Buffer.byteLength(name);
    const headerBytes = Buffer.byteLength(headers[name] ?? '');
    bodyBytes += varintBytes(nameBytes) + nameBytes + varintBytes(headerBytes) + headerBytes;
    headerCount += 1;
  }
  return { keyBytes, valueBytes, headerCount, bodyBytes: bodyBytes + varintBytes(headerCount) };
}

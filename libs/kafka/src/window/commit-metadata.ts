import { SettledOffsets } from './settled-offsets.js';

/**
 * What goes beside a committed offset: a mark, then the offsets above it that are settled already, as a base64url bitmap.
 *
 *   1:  some process owns the partition and may have records in flight
 *   r:  its owner has let go, with nothing in flight: whoever gets it next may start at once
 */
export type OwnerMark = 'owned' | 'released';

/** 16,384 bits are 2,731 characters, well below the broker's `offset.metadata.max.bytes` (4,096). */
export const MAX_METADATA_BITS = 16_384;

const MARKS = { owned: '1:', released: 'r:' } as const satisfies Record<OwnerMark, string>;
export const MARK_LENGTH = 2;
const MAX_METADATA_BYTES = MAX_METADATA_BITS / 8;

export interface DecodedMetadata {
  /** `none`: empty, as tools that reset offsets leave it. `foreign`: not ours; to be treated as empty and counted. */
  readonly mark: OwnerMark | 'none' | 'foreign';
  readonly settled: SettledOffsets;
}

export function encodeMetadata(mark: OwnerMark, bitmap: Uint8Array): string {
  const bytes = bitmap.length > MAX_METADATA_BYTES ? bitmap.subarray(0, MAX_METADATA_BYTES) : bitmap;
  return MARKS[mark] + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** Never throws: what cannot be read is `foreign`. */
export function decodeMetadata(metadata: string | null, committedOffset: number): DecodedMetadata {
  if (metadata === null || metadata === '') return { mark: 'none', settled: SettledOffsets.NONE };
  const mark = markOf(metadata);
  if (mark === undefined) return { mark: 'foreign', settled: SettledOffsets.NONE };
  const text = metadata.slice(MARK_LENGTH);
  const bits = Buffer.from(text, 'base64url');
  // Node's decoder skips what it does not know: only what encodes back to the same text was ours.
  if (bits.length > MAX_METADATA_BYTES || bits.toString('base64url') !== text)
    return { mark: 'foreign', settled: SettledOffsets.NONE };
  return { mark, settled: new SettledOffsets(committedOffset, bits) };
}

function markOf(metadata: string): OwnerMark | undefined {
  if (metadata.startsWith(MARKS.owned)) return 'owned';
  if (metadata.startsWith(MARKS.released)) return 'released';
  return undefined;
}

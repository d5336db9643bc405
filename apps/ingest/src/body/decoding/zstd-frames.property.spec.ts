import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ZstdFrames } from './zstd-frames.js';

const frame = fc
  .record({
    content: fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      // Blocks of one byte that repeats, and more than one block.
      fc.tuple(fc.nat(255), fc.nat(300_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
    ),
    level: fc.constantFrom(1, 3, 9),
    checksum: fc.boolean(),
    contentSize: fc.boolean(),
  })
  .map(({ content, level, checksum, contentSize }) =>
    zstdCompressSync(content, {
      params: {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_checksumFlag]: Number(checksum),
        [constants.ZSTD_c_contentSizeFlag]: Number(contentSize),
      },
    }),
  );

/** RFC 8878 §3.1.2. */
const skippable = fc.tuple(fc.nat(15), fc.uint8Array({ maxLength: 300 })).map(([kind, content]) => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
});

const body = fc.array(fc.oneof({ arbitrary: frame, weight: 3 }, skippable), { maxLength: 6 });

/** Where frames end, of bytes that arrive in these pieces. */
function endsOf(bytes: Buffer, cuts: readonly number[]): { ends: number[]; frames: ZstdFrames } {
  const frames = new ZstdFrames();
  const ends: number[] = [];
  let start = 0;
  for (const cut of [...cuts.filter((at) => at < bytes.length), bytes.length].toSorted((a, b) => a - b)) {
    const chunk = bytes.subarray(start, cut);
    for (let at = 0; at < chunk.length && !frames.isForeign;) {
      at = frames.next(chunk, at);
      if (frames.seen === 0) ends.push(start + at);
    }
    start = cut;
  }
  return { ends, frames };
}

describe('ZstdFrames', () => {
  it('finds the end of every frame, however they arrive', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(3_000), { maxLength: 20 }), (parts, cuts) => {
        let length = 0;
        const expected = parts.map((part) => (length += part.length));
        const { ends, frames } = endsOf(Buffer.concat(parts), cuts);
        expect(ends).toEqual(expected);
        expect(frames.ended).toBe(parts.length);
        expect(frames.isForeign).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('finds it byte by byte', () => {
    const parts = ['one', 'two'].map((text) => zstdCompressSync(text));
    const bytes = Buffer.concat(parts);
    const { ends } = endsOf(
      bytes,
      [...bytes].map((_byte, index) => index),
    );
    expect(ends).toEqual([parts[0]?.length, bytes.length]);
    expect(zstdDecompressSync(bytes.subarray(ends[0])).toString()).toBe('two');
  });

  it('says when something else follows', () => {
    const bytes = Buffer.concat([zstdCompressSync('one'), Buffer.from('garbage')]);
    const { ends, frames } = endsOf(bytes, []);
    expect(ends).toHaveLength(1);
    expect(frames.isForeign).toBe(true);
  });
});

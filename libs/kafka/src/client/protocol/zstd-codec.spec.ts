import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompressionCodecs, CompressionTypes } from '../kafkajs.js';
import { compressZstd, decompressZstd, registerZstd } from './zstd-codec.js';

describe('zstd codec', () => {
  it('is missing from the client until it is registered', async () => {
    // When the client brings one, ours can go.
    expect(() => CompressionCodecs[CompressionTypes.ZSTD]() as unknown).toThrow('not implemented');
    registerZstd();
    const codec = CompressionCodecs[CompressionTypes.ZSTD]() as unknown as {
      compress(encoder: { buffer: Buffer }): Promise<Buffer>;
      decompress(bytes: Buffer): Promise<Buffer>;
    };
    const bytes = Buffer.from('fleet '.repeat(100));
    const compressed = await codec.compress({ buffer: bytes });
    expect(compressed.length).toBeLessThan(bytes.length);
    expect((await codec.decompress(compressed)).equals(bytes)).toBe(true);
  });

  it.each([0, 1, 1_000, 128 * 1_024, 128 * 1_024 + 1, 600_000])('brings %d bytes back', async (length) => {
    const bytes = Buffer.concat([randomBytes(length >> 1), Buffer.alloc(length - (length >> 1))]);
    expect((await decompressZstd(await compressZstd(bytes))).equals(bytes)).toBe(true);
  });
});

import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from '../kafkajs.js';
import { MAX_UNPACKED_BYTES } from './fetch-budget.js';

const KIB = 1_024;

/** Up to here the way to a worker thread and back costs more than the work; none of it takes half a millisecond. */
const COMPRESS_HERE_BYTES = 128 * KIB;
const DECOMPRESS_HERE_BYTES = 64 * KIB;

// The default window is made for 512 KiB and larger; setting it up costs more than compressing a small batch.
const COMPRESS = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 17 } } as const;

const compressThere = promisify(zstdCompress);
const decompressThere = promisify(zstdDecompress);

/** A promise only when another thread compresses. */
export function compressZstd(bytes: Buffer): Buffer | Promise<Buffer> {
  return bytes.length <= COMPRESS_HERE_BYTES ? zstdCompressSync(bytes, COMPRESS) : compressThere(bytes, COMPRESS);
}

/** What comes out is collected in pieces of this size: one piece for most batches, and not much more than it needs. */
function pieceBytesFor(compressedBytes: number): number {
  return Math.min(Math.max(compressedBytes * 6, 16 * KIB), 256 * KIB);
}

/** @throws RangeError when it grows beyond MAX_UNPACKED_BYTES */
export async function decompressZstd(bytes: Buffer): Promise<Buffer> {
  const options = { maxOutputLength: MAX_UNPACKED_BYTES, chunkSize: pieceBytesFor(bytes.length) };
  return bytes.length <= DECOMPRESS_HERE_BYTES ? zstdDecompressSync(bytes, options) : decompressThere(bytes, options);
}

const codec = {
  compress: async (encoder: { readonly buffer: Buffer }): Promise<Buffer> => compressZstd(encoder.buffer),
  decompress: decompressZstd,
};

/** Out of the box only gzip works, and a batch in another codec ends its consumer. */
export function registerZstd(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => codec;
}

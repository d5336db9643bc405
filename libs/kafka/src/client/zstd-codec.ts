import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from './kafkajs.js';

/** Up to here the way to a worker thread and back costs more than the work. */
const SYNC_MAX_BYTES = 32 * 1_024;

/** No batch of ours comes near; one that does is a decompression bomb. */
const MAX_DECOMPRESSED_BYTES = 256 * 1_024 * 1_024;

// The default window is made for 512 KiB and larger; setting it up costs more than compressing a small batch.
const COMPRESS = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 17 } } as const;
const DECOMPRESS = { maxOutputLength: MAX_DECOMPRESSED_BYTES } as const;

const compressAsync = promisify(zstdCompress);
const decompressAsync = promisify(zstdDecompress);

/** A promise only when another thread compresses. */
export function compressZstd(bytes: Buffer): Buffer | Promise<Buffer> {
  return bytes.length <= SYNC_MAX_BYTES ? zstdCompressSync(bytes, COMPRESS) : compressAsync(bytes, COMPRESS);
}

export async function decompressZstd(bytes: Buffer): Promise<Buffer> {
  if (bytes.length <= SYNC_MAX_BYTES / 4) return zstdDecompressSync(bytes, DECOMPRESS);
  return decompressAsync(bytes, DECOMPRESS);
}

const codec = {
  compress: async (encoder: { readonly buffer: Buffer }): Promise<Buffer> => compressZstd(encoder.buffer),
  decompress: decompressZstd,
};

/** Out of the box only gzip works, and a batch in another codec ends its consumer. */
export function registerZstd(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => codec;
}

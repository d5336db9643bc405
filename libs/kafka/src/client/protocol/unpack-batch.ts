import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { BatchFault, batchFaultOf, codeOf } from './batch-fault.js';
import { MAX_UNPACKED_BYTES } from './fetch-budget.js';
import { decompressZstd } from './zstd-codec.js';

const unzipThere = promisify(unzip);

const MIB = 1_048_576;
const CODEC_MASK = 0x07;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/**
 * The records of a batch as they were before its producer, or the broker, compressed them; the same bytes when nobody did.
 *
 * @throws BatchFault when they cannot be unpacked, or would be more than MAX_UNPACKED_BYTES
 */
export async function unpackBatch(attributes: number, records: Buffer): Promise<Buffer> {
  const codec = CODECS[attributes & CODEC_MASK];
  try {
    if (codec === 'none') return records;
    if (codec === 'gzip') return await unzipThere(records, { maxOutputLength: MAX_UNPACKED_BYTES });
    if (codec === 'zstd') return await decompressZstd(records);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new BatchFault(`its batch unpacks to more than ${MAX_UNPACKED_BYTES / MIB} MiB`, { cause: error });
    throw batchFaultOf(error, 'its batch cannot be unpacked');
  }
  throw new BatchFault(`its batch is compressed with ${codec ?? 'an unknown codec'}, and not with gzip or zstd`);
}

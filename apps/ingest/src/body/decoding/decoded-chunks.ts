import type { Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { Problem } from '../../http/problem.js';
import type { BodyFormat } from '../body-format.js';
import { Arrival } from './arrival.js';
import { goesOn } from './goes-on.js';
import { ZstdPieces } from './zstd-pieces.js';

/** RFC 9659: a receiver need not offer a larger window than 8 MiB. The default would be 128 MiB of memory per request. */
const ZSTD_WINDOW_LOG_MAX = 23;
/** What is compressed is hardly larger than what it holds; only members and frames without content go on for ever. */
const MAX_COMPRESSED_PER_BYTE = 2;

/**
 * A compressed body as it arrives, decompressed; members or frames that follow each other are one body. The bound of what comes out is the
 * caller's.
 * @throws Problem 413 for far more than `maxBytes` that are compressed; 400 for a body that is cut off, goes on, or is not in its encoding
 */
export async function* decodedChunks(
  raw: Readable,
  encoding: Exclude<BodyFormat['encoding'], 'identity'>,
  maxBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  const pieces = encoding === 'zstd' ? new ZstdPieces() : undefined;
  const decoder =
    encoding === 'zstd'
      ? createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX } })
      : createGunzip();
  // It may still fail when its output has ended, and nobody else listens any more.
  decoder.on('error', () => {});
  const arrival = new Arrival(raw, (problem) => decoder.destroy(problem), maxBytes * MAX_COMPRESSED_PER_BYTE);
  (pieces === undefined ? raw : raw.pipe(pieces)).pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Buffer>;
    // Node's gunzip goes on with another member, but ends in silence at a zero byte.
    if (arrival.bytes > decoder.bytesWritten) throw goesOn(encoding);
  } catch (error) {
    throw pieces?.problem ?? problemOf(error, encoding, arrival);
  } finally {
    decoder.destroy();
  }
}

function problemOf(error: unknown, encoding: string, arrival: Arrival): Problem {
  if (error instanceof Problem) return error;
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  // Of a member after the first, which began as it should.
  if (message === 'incorrect header check' && arrival.isGzip) return goesOn(encoding);
  return new Problem(400, `The request is ${code === 'Z_BUF_ERROR' ? 'cut off within' : 'not'} valid ${encoding}`, {
    cause: error,
  });
}

import type { Readable, Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { Problem } from '../http/problem.js';
import type { BodyFormat } from './body-format.js';

/** RFC 9659: a receiver need not offer a larger window than 8 MiB. The default would be 128 MiB of memory per request. */
const ZSTD_WINDOW_LOG_MAX = 23;

/**
 * The body as it arrives, decompressed, never more than the bound. What the client goes on sending after the reading ended is thrown away,
 * so that it gets its answer; the server's request time-out ends it.
 * @throws Problem 413 beyond `maxBytes`; 400 for a body that is cut off or is not in its encoding
 */
export async function* bodyChunks(
  raw: Readable,
  encoding: BodyFormat['encoding'],
  maxBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of encoding === 'identity' ? plainChunks(raw) : decodedChunks(raw, encoding)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Problem(413, `The request is larger than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(400, 'The request broke off', { cause: error });
  } finally {
    raw.unpipe();
    raw.on('error', ignore).resume();
  }
}

/** The request's own error, when its connection breaks, has nobody left to be told to. */
function ignore(): void {}

/** Ending the iteration must not destroy the request: its connection carries the answer. */
function plainChunks(raw: Readable): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer> };
}

async function* decodedChunks(raw: Readable, encoding: 'gzip' | 'zstd'): AsyncGenerator<Buffer, void, undefined> {
  const decoder: Transform & { readonly bytesWritten: number } =
    encoding === 'gzip'
      ? createGunzip()
      : createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX } });
  const arrival = new Arrival(raw, decoder);
  raw.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Buffer>;
    // The zstd decoder ends with the first frame, and would swallow what follows it in silence.
    raw.unpipe(decoder).resume();
    await arrival.ended;
    if (arrival.bytes > decoder.bytesWritten)
      throw new Problem(400, `The request goes on after the end of its ${encoding} data; send one stream or frame`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const cutOff = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
    throw new Problem(400, `The request is ${cutOff ? 'cut off within' : 'not'} valid ${encoding}`, { cause: error });
  } finally {
    decoder.destroy();
  }
}

/** Watches a compressed body arrive, and ends its decoder when the connection breaks. */
class Arrival {
  /** Resolves when nothing more comes, for whatever reason. */
  readonly ended: Promise<void>;
  #bytes = 0;

  constructor(raw: Readable, decoder: Transform) {
    raw.on('data', (chunk: Buffer) => (this.#bytes += chunk.length));
    raw.once('error', (error) => decoder.destroy(error));
    this.ended = new Promise((resolve) => {
      raw.once('end', resolve);
      raw.once('close', () => {
        if (!raw.readableEnded) decoder.destroy(new Error('the connection broke'));
        resolve();
      });
    });
  }

  get bytes(): number {
    return this.#bytes;
  }
}

import type { Readable } from 'node:stream';
import { Problem } from '../http/problem.js';
import type { BodyFormat } from './body-format.js';
import { decodedChunks } from './decoding/decoded-chunks.js';
import { untilAborted } from './until-aborted.js';

/**
 * The body as it arrives, decompressed, never more than the bound. What the client goes on sending after the reading ended is thrown away,
 * so that it gets its answer; the server's request time-out ends it.
 * @param signal ends the reading, and its reason is thrown
 * @throws Problem 413 beyond `maxBytes`; 400 for a body that is cut off, goes on, or is not in its encoding
 */
export async function* bodyChunks(
  raw: Readable,
  encoding: BodyFormat['encoding'],
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  try {
    const chunks = encoding === 'identity' ? plainChunks(raw) : decodedChunks(raw, encoding, maxBytes);
    for await (const chunk of untilAborted(chunks, signal)) {
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
function plainChunks(raw: Readable): AsyncIterable<Buffer, void, undefined> {
  const chunks = (): AsyncIterator<Buffer, void, undefined> =>
    raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, void, undefined>;
  return { [Symbol.asyncIterator]: chunks };
}

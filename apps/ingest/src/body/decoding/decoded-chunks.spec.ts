import { PassThrough, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../http/problem.js';
import { bodyChunks } from '../body-chunks.js';

const KIB = 1_024;
const MAX_BYTES = 10 * KIB * KIB;

/** Hardly smaller when it is compressed: 300 KiB, the same each time. */
function lines(seed: number): Buffer {
  let state = seed;
  const letters = Array.from({ length: 300 * KIB }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 32 + ((state >>> 16) % 95);
  });
  return Buffer.from(letters);
}

const CONTENT = [lines(1), lines(2), lines(3)];
const SKIPPABLE = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);
const SIZES = [1, 7, 16 * KIB, 64 * KIB, Number.MAX_SAFE_INTEGER];

function arriving(bytes: Buffer, size: number): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
}

async function decoded(raw: Readable, encoding: 'gzip' | 'zstd', maxBytes = MAX_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { signal } = new AbortController();
  for await (const chunk of bodyChunks(raw, encoding, maxBytes, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function problemOf(raw: Readable, encoding: 'gzip' | 'zstd', maxBytes = MAX_BYTES): Promise<string> {
  const problem = await decoded(raw, encoding, maxBytes).catch((error: unknown) => error);
  if (!(problem instanceof Problem)) throw new Error('it was taken');
  return `${problem.status} ${problem.detail}`;
}

/** Long enough for a decoder to have taken what was written: it works on the threads that this goes through. */
async function decoderTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await promisify(gzip)('');
}

const compressors = [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const;

describe.each(compressors)('a body in %s', (encoding, compress) => {
  it.each(SIZES)('of several streams is one, in chunks of %d bytes', async (size) => {
    const content = size < KIB ? CONTENT.map((bytes) => bytes.subarray(0, 2 * KIB)) : CONTENT;
    const bytes = Buffer.concat(content.map((part) => compress(part)));
    expect((await decoded(arriving(bytes, size), encoding)).equals(Buffer.concat(content))).toBe(true);
  });

  it.each(SIZES)('that goes on with something else is refused, in chunks of %d bytes', async (size) => {
    const whole = compress(size < KIB ? 'short' : lines(1));
    for (const rest of [
      'x',
      'xy',
      'garbage',
      '\0',
      '\0\0\0\0\0',
      `\0${whole.toString('latin1')}`,
      'x'.repeat(40 * KIB),
    ]) {
      const bytes = Buffer.concat([whole, whole, Buffer.from(rest, 'latin1')]);
      const problem = await problemOf(arriving(bytes, size), encoding);
      // One byte may yet become the beginning of a member.
      const expected = rest === 'x' && encoding === 'gzip' ? 'is cut off within valid' : 'goes on after the end of its';
      expect(problem).toBe(`400 The request ${expected} ${encoding}${expected.startsWith('goes') ? ' data' : ''}`);
    }
  });

  it.each(SIZES)('that is cut off is refused, in chunks of %d bytes', async (size) => {
    const whole = compress(size < KIB ? 'short' : lines(1));
    const bytes = Buffer.concat([whole, whole.subarray(0, -5)]);
    expect(await problemOf(arriving(bytes, size), encoding)).toBe(
      `400 The request is cut off within valid ${encoding}`,
    );
  });

  it.each(['', 'x', '\0', 'garbage'])(
    'that breaks off after its end and %j is a problem of that request',
    async (rest) => {
      const raw = new PassThrough();
      const problem = problemOf(raw, encoding);
      raw.write(compress('short'));
      await decoderTurns();
      if (rest !== '') raw.write(rest);
      await decoderTurns();
      raw.destroy(new Error('aborted'));
      expect(await problem).toMatch(/^400 The request /);
    },
  );

  it('is bounded in what it holds, all streams together', async () => {
    const bytes = Buffer.concat(CONTENT.map((part) => compress(part)));
    expect(await problemOf(arriving(bytes, 16 * KIB), encoding, 800 * KIB)).toBe(
      `413 The request is larger than ${800 * KIB} bytes`,
    );
  });

  it('is bounded in what is compressed, also when nothing comes of it', async () => {
    const empty = compress('');
    const bytes = Buffer.concat(Array.from({ length: 1_000 }, () => empty));
    expect(await problemOf(arriving(bytes, 16 * KIB), encoding, KIB)).toBe(
      `413 The request is larger than ${2 * KIB} bytes, compressed`,
    );
  });
});

describe('a body in zstd', () => {
  it('may have skippable frames anywhere', async () => {
    const frames = CONTENT.map((part) => zstdCompressSync(part));
    const bytes = Buffer.concat([SKIPPABLE, ...frames.flatMap((frame) => [frame, SKIPPABLE, SKIPPABLE])]);
    for (const size of [16 * KIB, Number.MAX_SAFE_INTEGER])
      expect((await decoded(arriving(bytes, size), 'zstd')).equals(Buffer.concat(CONTENT))).toBe(true);
  });

  it('has a bounded number of frames', async () => {
    const frame = zstdCompressSync('');
    const bytes = Buffer.concat(Array.from({ length: 50_001 }, () => frame));
    expect(await problemOf(arriving(bytes, 64 * KIB), 'zstd')).toBe('413 The request has more than 50000 zstd frames');
  });
});

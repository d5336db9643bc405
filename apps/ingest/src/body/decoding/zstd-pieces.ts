import { Transform, type TransformCallback } from 'node:stream';
import { Problem } from '../../http/problem.js';
import { goesOn } from './goes-on.js';
import { MAGIC_BYTES, ZstdFrames } from './zstd-frames.js';

/** Each costs the decoder a call of up to some 50 µs, however little is in it. */
const MAX_FRAMES = 50_000;

/**
 * Hands a zstd body on in pieces none of which goes beyond the end of a frame. RFC 8878 §3.1: frames that follow each other are one
 * content. Node's decoder goes on with a frame that begins with a write, and drops one that begins within it.
 */
export class ZstdPieces extends Transform {
  readonly #frames = new ZstdFrames();
  #problem: Problem | undefined;

  constructor() {
    // As objects, so that none is joined with the next on its way.
    super({ readableObjectMode: true });
  }

  /** Why the body was not handed on to its end: for whoever has read what was. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length && this.#problem === undefined) {
      // That the body does not begin with a frame is for the decoder to say.
      const end = this.#frames.isForeign ? chunk.length : this.#frames.next(chunk, at);
      const isFirst = this.#frames.ended === 0;
      if (this.#frames.isForeign && !isFirst) this.#stop(goesOn('zstd'));
      else if (this.#frames.ended > MAX_FRAMES)
        this.#stop(new Problem(413, `The request has more than ${MAX_FRAMES} zstd frames`));
      else this.push(chunk.subarray(at, end));
      at = end;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    const { ended, seen } = this.#frames;
    if (ended > 0 && seen > 0 && seen < MAGIC_BYTES) this.#problem ??= goesOn('zstd');
    done();
  }

  #stop(problem: Problem): void {
    this.#problem = problem;
    this.push(null);
  }
}

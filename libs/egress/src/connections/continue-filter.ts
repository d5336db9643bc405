import type { TLSSocket } from 'node:tls';

const BEGIN = /^HTTP\/1\.[01] 100[ \r]/;
const BEGIN_BYTES = 13;
const END = '\r\n\r\n';
/** Of an answer; none needs a second. */
const MAX_CONTINUES = 64;

/**
 * Takes `100 Continue` out of what a receiver answers. "A client MUST be able to parse one or more 1xx responses received prior to a final
 * response, even if the client does not expect one" (RFC 9110 §15.2); undici takes all of them but this one, at which it gives the
 * connection up. One that comes in pieces, or behind another 1xx in one piece, still ends like that.
 */
export class ContinueFilter {
  #isAnswerAhead = false;
  #left = 0;

  constructor(socket: TLSSocket) {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      const chunk: unknown = read(size);
      return this.#isAnswerAhead && Buffer.isBuffer(chunk) ? this.#withoutContinue(chunk) : chunk;
    };
  }

  /** A request goes out: the next byte is the first of its answer. */
  expectAnswer(): void {
    this.#isAnswerAhead = true;
    this.#left = MAX_CONTINUES;
  }

  /** Null, as of a socket that has nothing, when nothing is left. */
  #withoutContinue(chunk: Buffer): Buffer | null {
    let rest = chunk;
    while (this.#left > 0 && BEGIN.test(rest.toString('latin1', 0, BEGIN_BYTES))) {
      const end = rest.indexOf(END);
      if (end === -1) break;
      this.#left--;
      rest = rest.subarray(end + END.length);
      if (rest.length === 0) return null;
    }
    this.#isAnswerAhead = false;
    return rest;
  }
}

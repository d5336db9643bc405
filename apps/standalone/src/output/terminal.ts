import type { Writable } from 'node:stream';

/** A reader that does not read must not fill our memory: beyond this, what comes is left out (it is in the log files), and that is said. */
const MAX_BACKLOG_BYTES = 1_048_576;

/** What a person sees. */
export class Terminal {
  #leftOutBytes = 0;

  constructor(
    private readonly stream: Writable & { readonly isTTY?: boolean } = process.stdout,
    readonly format: 'json' | 'pretty' = stream.isTTY ? 'pretty' : 'json',
  ) {
    // A reader that is gone is no reason to stop delivering.
    stream.on('error', () => undefined);
  }

  get colours(): boolean {
    return this.stream.isTTY === true;
  }

  readonly say = (sentence: string): void => {
    this.line(sentence);
  };

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Whole lines. */
  write(lines: string | Buffer): void {
    if (this.stream.writableLength >= MAX_BACKLOG_BYTES) {
      this.#leftOutBytes += lines.length;
      return;
    }
    if (this.#leftOutBytes > 0) {
      this.stream.write(
        `${this.#leftOutBytes} bytes were left out here, since nobody read on; the log files have them.\n`,
      );
      this.#leftOutBytes = 0;
    }
    this.stream.write(lines);
  }
}

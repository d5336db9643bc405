import type { Writable } from 'node:stream';

/** A reader that does not read must not fill our memory: beyond this, lines are left out (they are in the log files). */
const MAX_BACKLOG_BYTES = 1_048_576;

/** What a person sees. */
export class Terminal {
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
    if (this.stream.writableLength < MAX_BACKLOG_BYTES) this.stream.write(`${text}\n`);
  }
}

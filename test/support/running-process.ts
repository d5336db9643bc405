import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';

/** Any command as a process that ends with its test, and all that it prints. */
export class RunningProcess implements AsyncDisposable {
  output = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(
    private readonly name: string,
    [command, ...args]: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Only what the test says: nothing of the machine's own settings may leak in.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    });
    this.#closed = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
  }

  /** Waits until it has printed it. @returns the first group, or all that matched */
  says(pattern: RegExp, withinMs: number): Promise<string> {
    return eventually(
      () => {
        const found = pattern.exec(this.output);
        if (found === null) throw new Error(`${this.name} did not say ${pattern.source}`);
        return found[1] ?? found[0];
      },
      { withinMs, explain: () => this.output.slice(-4_000) },
    );
  }

  /** Waits for its end, and ends it when that does not come. @returns the exit code, null when a signal ended it */
  async end(withinMs: number): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGTERM'), withinMs);
    await this.#closed;
    clearTimeout(timer);
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end(0);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { eventually } from './eventually.js';

const EXECUTABLE = path.resolve('apps/cli/bin/fleethook.mjs');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Json = Record<string, unknown>;

/** The command line as people run it, with nothing of this machine's settings. */
export class Cli {
  constructor(readonly environment: Readonly<Record<string, string>>) {}

  async run(words: readonly string[], input?: string): Promise<CliResult> {
    const child = this.#spawn(words, input === undefined ? 'ignore' : 'pipe');
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin?.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  /** With `--json`, which must be all that is on stdout. @throws when it ends otherwise than with 0 */
  async json(words: readonly string[], input?: string): Promise<Json> {
    const { code, stdout, stderr } = await this.run([...words, '--json'], input);
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Json;
  }

  /** One that goes on, with `--json`. */
  follow(words: readonly string[]): FollowedCli {
    return new FollowedCli(this.#spawn([...words, '--json'], 'ignore'));
  }

  #spawn(words: readonly string[], stdin: 'ignore' | 'pipe'): ChildProcess {
    return spawn(process.execPath, [EXECUTABLE, ...words], {
      env: { PATH: process.env['PATH'], ...this.environment },
      stdio: [stdin, 'pipe', 'pipe'],
    });
  }
}

/** A line of JSON for each result. */
export class FollowedCli implements AsyncDisposable {
  readonly records: Json[] = [];
  #stderr = '';

  constructor(private readonly child: ChildProcess) {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.records.push(JSON.parse(line) as Json));
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  /** The first that fits, once it is there. */
  found(fits: (record: Json) => boolean): Promise<Json> {
    return eventually(
      () => {
        const record = this.records.find(fits);
        if (record === undefined) throw new Error(`not among ${this.records.length} records`);
        return record;
      },
      { withinMs: 90_000, explain: () => `${JSON.stringify(this.records.slice(-5))}\n${this.#stderr}` },
    );
  }

  /** As Ctrl-C does. @returns the exit code */
  async end(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const closed = once(this.child, 'close') as Promise<[number | null]>;
    this.child.kill('SIGINT');
    return (await closed)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

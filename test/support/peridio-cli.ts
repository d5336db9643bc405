import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Peridio's own command-line client is installed: `PERIDIO_CLI=/path`. Undefined: it is not. */
export function peridioCliPath(): string | undefined {
  const path = process.env['PERIDIO_CLI'];
  return path !== undefined && path !== '' && existsSync(path) ? path : undefined;
}

/** What a command printed; `failure`: what it said to standard error when it failed. */
export type CliResult = { kind: 'printed'; json: unknown } | { kind: 'failed'; failure: string };

/** The client as its users run it, with a home of its own: no profile of whoever runs the tests has a say. */
export class PeridioCli {
  constructor(
    private readonly path: string,
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  async run(...command: readonly string[]): Promise<CliResult> {
    const home = await mkdtemp(nodePath.join(tmpdir(), 'peridio-home-'));
    const environment = {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      NO_PROXY: '127.0.0.1',
      // Versions before 1.0 ask for one, and send it nowhere.
      PERIDIO_ORGANIZATION_NAME: 'any',
    };
    try {
      const { stdout } = await run(this.path, ['-b', this.baseUrl, '-a', this.apiKey, ...command], {
        env: environment,
        timeout: 30_000,
      });
      return { kind: 'printed', json: stdout.trim() === '' ? undefined : JSON.parse(stdout) };
    } catch (error) {
      const failure = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      return { kind: 'failed', failure };
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }

  /** Flags changed their names between its versions: the first spelling that it knows. */
  async runAny(...spellings: readonly (readonly string[])[]): Promise<CliResult> {
    let result: CliResult = { kind: 'failed', failure: 'no command was given' };
    for (const command of spellings) {
      result = await this.run(...command);
      const isUnknown = result.kind === 'failed' && /unexpected argument|required arguments/.test(result.failure);
      if (!isUnknown) break;
    }
    return result;
  }
}

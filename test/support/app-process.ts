import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { NODE_FLAGS, type AppName } from '@fleethook/config';
import type { ListeningMessage } from '@fleethook/service';
import { eventually } from './eventually.js';

/** Lines kept per process, to be shown when a test fails. */
const MAX_LINES = 5_000;

const MAX_SHOWN_CHARACTERS = 600;

export type LogLine = Readonly<Record<string, unknown>>;

/** One app as in production: its built `main.js` in a process of its own. */
export class AppProcess implements AsyncDisposable {
  readonly lines: string[] = [];
  #child: ChildProcess | undefined;
  #url = '';

  constructor(
    readonly name: AppName,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves once it listens; `ready` may still be 503. */
  async start(): Promise<void> {
    const script = join(process.cwd(), `dist/apps/${this.name}/src/main.js`);
    if (!existsSync(script)) throw new Error(`${script} is missing: build first`);
    const child = fork(script, [], {
      execArgv: [...NODE_FLAGS],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Only what the test says: nothing of the machine's own settings may leak in.
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', LOG_FORMAT: 'json', ...this.environment },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`${this.name} ended before it listened:\n${this.tail()}`);
      }),
    ])) as [ListeningMessage];
    this.#url = message.url;
  }

  async waitUntilReady(withinMs = 60_000): Promise<void> {
    await eventually(
      async () => {
        const reply = await fetch(`${this.#url}/health/ready`);
        if (!reply.ok) throw new Error(`${this.name} is not ready: ${await reply.text()}`);
      },
      { withinMs, explain: () => this.tail() },
    );
  }

  /** Sends a signal and waits for the end. @returns the exit code, null when the signal ended it */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await exited;
    return code;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** One value of `/metrics`, by its name and labels as printed; 0 when it is not there. */
  async metric(line: string): Promise<number> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length + 1));
  }

  /** The wide log events of one name. */
  events(name: string): LogLine[] {
    return this.lines.flatMap((line) => {
      if (!line.includes(name)) return [];
      try {
        const parsed = JSON.parse(line) as LogLine;
        return parsed['event'] === name ? [parsed] : [];
      } catch {
        return [];
      }
    });
  }

  /** Its warnings and errors, and its last lines, each cut to what a person reads. */
  tail(count = 5): string {
    const loud = this.lines.filter((line) => /"level":[456]0/.test(line)).slice(-10);
    const shown = [...new Set([...loud, ...this.lines.slice(-count)])].map((line) =>
      line.slice(0, MAX_SHOWN_CHARACTERS),
    );
    return `${this.name}:\n${shown.join('\n')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  #keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > MAX_LINES) this.lines.splice(0, MAX_LINES / 10);
  }
}

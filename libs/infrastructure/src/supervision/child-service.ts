import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../infrastructure-error.js';
import type { Launched } from './kept-running.js';
import { guardAgainstOrphaning } from './orphan-guard.js';
import { RotatingFile } from './rotating-file.js';

const REMEMBERED_LINES = 60;

export interface ChildServiceOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Whom it runs as, where that is not us. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** After this long it is killed. */
  readonly stopWithinMs: number;
}

/** A server that runs as a child of ours, its output in a bounded log file. */
export class ChildService implements Launched {
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private over = false;
  private saidAtMs = performance.now();

  constructor(private readonly options: ChildServiceOptions) {
    mkdirSync(path.dirname(options.logFile), { recursive: true });
    const log = new RotatingFile(options.logFile);
    this.child = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C goes to us alone, and we end things in their order.
      detached: true,
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    });
    const { pid } = this.child;
    const release =
      pid === undefined ? undefined : guardAgainstOrphaning(pid, options.stopSignal === 'SIGINT' ? 'INT' : 'TERM');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk);
        this.remember(chunk);
      });
    }
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        if (this.over) return;
        this.over = true;
        release?.();
        resolve(how);
      };
      this.child.on('error', (error) => end(messageOf(error)));
      this.child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      this.child.on('close', () => log.close());
    });
  }

  get pid(): number | undefined {
    return this.over ? undefined : this.child.pid;
  }

  /** The end of what it said, for an explanation. */
  lastLines(): readonly string[] {
    return this.lines;
  }

  /** How long it has said nothing: a server that still works on its start says what it does. */
  get silentMs(): number {
    return performance.now() - this.saidAtMs;
  }

  async stop(): Promise<void> {
    if (this.over) return;
    const closed = once(this.child, 'close');
    this.child.kill(this.options.stopSignal);
    const overdue = setTimeout(() => this.child.kill('SIGKILL'), this.options.stopWithinMs);
    await closed;
    clearTimeout(overdue);
  }

  kill(): void {
    if (!this.over) this.child.kill('SIGKILL');
  }

  private remember(chunk: Buffer): void {
    this.saidAtMs = performance.now();
    const lines = chunk
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    this.lines.push(...lines);
    this.lines.splice(0, Math.max(0, this.lines.length - REMEMBERED_LINES));
  }
}

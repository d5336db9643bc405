import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS, type AppName } from '@fleethook/config';
import type { Launched } from '@fleethook/infrastructure';
import type { ListeningMessage } from '@fleethook/service';
import type { AppOutput } from '../output/app-output.js';

export interface LaunchAppOptions {
  readonly app: AppName;
  readonly environment: Readonly<Record<string, string>>;
  readonly output: AppOutput;
  /** It is killed when it has not stopped by then. */
  readonly stopWithinMs: number;
  readonly onListening: (url: string) => void;
}

/** In the command line of its process. */
export function scriptOf(app: AppName): string {
  return fileURLToPath(new URL(`../../../${app}/src/main.js`, import.meta.url));
}

/** One app as a process of its own. When we are gone its channel closes, and it stops by itself. */
export function launchApp(options: LaunchAppOptions): Launched {
  const child = fork(scriptOf(options.app), [], {
    env: options.environment,
    execArgv: [...NODE_FLAGS],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C goes to us alone, and we stop them in their order.
    detached: true,
  });
  child.stdout?.on('data', (chunk: Buffer) => options.output.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => options.output.write(chunk));
  child.on('message', (message) => {
    if (isListening(message)) options.onListening(message.url);
  });
  let over = false;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      over = true;
      const fault = options.output.takeFault();
      resolve(fault === undefined ? how : `${how}: ${fault}`);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  return {
    get pid() {
      return over ? undefined : child.pid;
    },
    ended,
    stop: async () => {
      if (over) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const overdue = setTimeout(() => child.kill('SIGKILL'), options.stopWithinMs);
      await closed;
      clearTimeout(overdue);
    },
    kill: () => {
      if (!over) child.kill('SIGKILL');
    },
  };
}

function isListening(message: unknown): message is ListeningMessage {
  return (message as { type?: unknown } | null)?.type === 'listening';
}

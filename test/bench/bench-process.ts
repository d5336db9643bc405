import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SinkListening } from './sink.js';

/** Starts a script of this folder (built) as a process of its own. */
export function startScript(script: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`./${script}.js`, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

export class Sink implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly caFile: string,
  ) {}

  static async start(): Promise<Sink> {
    const child = startScript('sink', []);
    const [message] = (await once(child, 'message')) as [SinkListening];
    return new Sink(child, message.url, message.caFile);
  }

  async received(): Promise<number> {
    const answer = once(this.child, 'message') as Promise<[{ received: number }]>;
    this.child.send('received?');
    const [message] = await answer;
    return message.received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}

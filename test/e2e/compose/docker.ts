import { execFile } from 'node:child_process';
import path from 'node:path';
import { childEnvironment } from '@fleethook/config';

const ROOT = process.cwd();
const MAX_OUTPUT_BYTES = 64 * 1_024 * 1_024;

export interface Ended {
  readonly code: number;
  /** What it printed, both streams after one another. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a command to its end, whatever that is. */
export function run(
  command: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [file, ...args] = command;
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { cwd: ROOT, env: childEnvironment(environment), maxBuffer: MAX_OUTPUT_BYTES },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}`, stdout });
      },
    );
  });
}

/** @returns what it printed @throws with all that it said when it failed */
export async function docker(...args: readonly string[]): Promise<string> {
  const ended = await run(['docker', ...args]);
  if (ended.code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${ended.code}:\n${ended.output}`);
  return ended.stdout.trim();
}

/** Compose as a plugin of Docker, or as the command of its own that came before it; undefined when no engine answers or neither is there. */
export async function findCompose(): Promise<readonly [string, ...string[]] | undefined> {
  if ((await run(['docker', 'info'])).code !== 0) return undefined;
  for (const compose of [['docker', 'compose'], ['docker-compose']] as const)
    if ((await run([...compose, 'version'])).code === 0) return compose;
  return undefined;
}

/** Builds the image; what has not changed comes from the engine's cache. @param revision a label, so that two builds are two images */
export async function buildImage(tag: string, revision: string): Promise<void> {
  const file = path.join(ROOT, 'docker', 'Dockerfile');
  await docker('build', '--file', file, '--tag', tag, '--build-arg', `REVISION=${revision}`, ROOT);
}

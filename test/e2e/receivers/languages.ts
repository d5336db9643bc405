import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export interface Language {
  readonly name: string;
  /** In docs/receivers. */
  readonly file: string;
  /** Starts the receiver, or why that cannot be done here. */
  readonly command: readonly [string, ...string[]] | { readonly missing: string };
}

const FOLDER = path.resolve('docs/receivers');
/** Compiled once per machine. */
const CACHE = path.resolve('node_modules/.cache/fleethook/receivers');
const BUILD_TIMEOUT_MS = 240_000;

const file = (name: string): string => path.join(FOLDER, name);

function hasTool(command: string, versionArgument = '--version'): boolean {
  return spawnSync(command, [versionArgument], { stdio: 'ignore' }).status === 0;
}

function isBuilt(command: string, args: readonly string[], environment: Record<string, string> = {}): boolean {
  const { status } = spawnSync(command, args, {
    stdio: 'ignore',
    timeout: BUILD_TIMEOUT_MS,
    // The compilers' own caches are found through the environment.
    // oxlint-disable-next-line node/no-process-env
    env: { ...process.env, ...environment },
  });
  return status === 0;
}

function go(): Language['command'] {
  if (!hasTool('go', 'version')) return { missing: 'there is no Go' };
  mkdirSync(CACHE, { recursive: true });
  const binary = path.join(CACHE, 'receiver-go');
  return isBuilt('go', ['build', '-o', binary, file('receiver.go')]) ? [binary] : { missing: 'Go does not build it' };
}

/** Compiled ahead where there is a compiler: it is started several times. */
function java(): Language['command'] {
  const classes = path.join(CACHE, 'java');
  if (isBuilt('javac', ['-d', classes, file('Receiver.java')])) return ['java', '-cp', classes, 'Receiver'];
  return orMissing('java', [file('Receiver.java')], 'Java');
}

/** With the crates that are here already, else with those that can be fetched. */
function rust(): Language['command'] {
  if (!hasTool('cargo')) return { missing: 'there is no Cargo' };
  const args = ['build', '--quiet', '--manifest-path', file('rust/Cargo.toml')];
  const environment = { CARGO_TARGET_DIR: path.join(CACHE, 'rust') };
  for (const offline of [['--offline'], []])
    if (isBuilt('cargo', [...args, ...offline], environment)) return [path.join(CACHE, 'rust/debug/receiver')];
  return { missing: 'its crates cannot be had here' };
}

const orMissing = (command: string, args: readonly string[], tool: string): Language['command'] =>
  hasTool(command) ? [command, ...args] : { missing: `there is no ${tool}` };

/** Builds what has to be built. */
export function languages(): Language[] {
  return [
    { name: 'Node', file: 'receiver.mjs', command: [process.execPath, file('receiver.mjs')] },
    { name: 'Python', file: 'receiver.py', command: orMissing('python3', [file('receiver.py')], 'Python') },
    { name: 'Go', file: 'receiver.go', command: go() },
    { name: 'Java', file: 'Receiver.java', command: java() },
    { name: 'Rust', file: 'rust/src/main.rs', command: rust() },
  ];
}

const isCode = (line: string): boolean =>
  !/^\s*(\/\/|\/\*\*|#|import |from |use |package )/.test(line) && !/^\s*"[a-z0-9/]+"$/.test(line) && /\w/.test(line);

/** Lines that say something: no comments, imports, blank lines, or brackets alone. */
export function codeLines(source: string): number {
  return source.split('\n').filter(isCode).length;
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { CliError } from '../running/cli-error.js';
import type { Host } from '../running/host.js';
import { action, type GlobalOptions, type Invocation } from '../running/invocation.js';

const PROGRAM = path.join('dist', 'apps', 'doctor', 'src', 'main.js');

export function addDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description(
      "Look for what is wrong with an installation: settings, Kafka, PostgreSQL, clocks, addresses. Arguments go on to the doctor, and its exit code is this command's.",
    )
    .argument('[arguments...]', 'for the doctor, as `--url` with an endpoint to try; `doctor -- --help` lists them')
    .allowUnknownOption()
    .action(action<[string[]]>(host, doctor));
}

async function doctor({ host, options }: Invocation, words: readonly string[]): Promise<void> {
  const file = path.join(host.root, PROGRAM);
  if (!existsSync(file))
    throw new CliError('failed', `The doctor is not built: ${PROGRAM} is not there.`, {
      hint: 'Run `npm run build`. An image may have been made without it.',
    });
  const child = spawn(process.execPath, [file, ...wordsForDoctor(words, options)], { stdio: 'inherit' });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  // Its own codes are its to explain: as an error of ours it would be reported a second time. Nothing of ours is open.
  if (code !== 0) process.exit(code);
}

/** What was said after `doctor`: options that every command has were taken out by the parser, and two of them are the doctor's own. */
export function wordsForDoctor(words: readonly string[], { url, json }: Pick<GlobalOptions, 'url' | 'json'>): string[] {
  return [...(url === undefined ? [] : ['--url', url]), ...words, ...(json === true ? ['--json'] : [])];
}

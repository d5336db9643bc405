import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProgram } from '../../../apps/cli/src/program.js';
import { bareHost } from '../../../apps/cli/src/running/bare-host.js';
import { isHelp } from '../../../apps/cli/src/usage.js';

type Program = Parameters<typeof buildProgram>[0];

// Installed where the command line is, not where this is.
const COMMANDER = createRequire(path.resolve('apps/cli/package.json')).resolve('commander');
const { Command } = (await import(pathToFileURL(COMMANDER).href)) as { Command: new (name: string) => Program };

const NOTHING = { write: () => true, isTerminal: false, columns: undefined };
const HOST = bareHost(NOTHING);

const withDescendants = (command: Program): Program[] => [command, ...command.commands.flatMap(withDescendants)];

/** Reads words as the command line does, and does nothing. @returns what is wrong with them */
export async function faultOfCliWords(words: readonly string[]): Promise<string | undefined> {
  if (words.length === 0) return undefined;
  const program = buildProgram(new Command('fleethook'), HOST);
  for (const command of withDescendants(program)) if (command.commands.length === 0) command.action(() => undefined);
  try {
    // The reader's files are not here; what they hold is JSON.
    const read = words.map((word) => (word.startsWith('@') ? '{}' : word));
    await program.parseAsync(read, { from: 'user' });
    return undefined;
  } catch (error) {
    if (isHelp(error)) return undefined;
    return `fleethook ${words.join(' ')}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

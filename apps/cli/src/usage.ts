import type { Command } from 'commander';
import { CliError, UsageError } from './running/cli-error.js';

/** What the parser throws after it printed what was asked for: not a fault. */
const SHOWN = new Set(['commander.helpDisplayed', 'commander.version']);

export function isHelp(error: unknown): boolean {
  return SHOWN.has(codeOf(error));
}

/** What the parser found wrong, as one of ours; undefined for anything else. */
export function usageErrorOf(error: unknown, program: Command, words: readonly string[]): CliError | undefined {
  const hint = `See: ${pathOf(commandOf(program, words))} --help`;
  if (error instanceof UsageError) return new UsageError(error.message, error.hint ?? hint);
  const code = codeOf(error);
  if (!code.startsWith('commander.') || !(error instanceof Error)) return undefined;
  // A group without a command: its help has been printed.
  if (code === 'commander.help') return new CliError('usage', '');
  const [sentence = '', ...suggestion] = error.message.replace(/^error: /, '').split('\n');
  return new CliError('usage', [sentence, ...suggestion].filter((part) => part !== '').join(' '), { hint });
}

/** The deepest command that the words name. */
export function commandOf(program: Command, words: readonly string[]): Command {
  let found = program;
  for (const word of words) {
    const next = found.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (next !== undefined) found = next;
  }
  return found;
}

/** `fleethook webhooks list`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) names.unshift(one.name());
  return names.join(' ');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

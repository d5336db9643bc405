import type { Command } from 'commander';

/** At the end of a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map(prompted).join('\n')}`);
}

/** Only a command has a prompt before it, not the rest of one. */
function prompted(line: string, index: number, lines: readonly string[]): string {
  return lines[index - 1]?.endsWith('\\') === true ? `  ${line}` : `  $ ${line}`;
}

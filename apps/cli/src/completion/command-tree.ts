import type { Command } from 'commander';

/** What can come after the words of a command. */
export interface CompletionNode {
  /** Below the program: empty, `webhooks`, `webhooks list`. */
  readonly path: string;
  readonly commands: readonly CompletionWord[];
  readonly options: readonly CompletionOption[];
}

export interface CompletionWord {
  readonly word: string;
  readonly description: string;
}

export interface CompletionOption extends CompletionWord {
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const HELP: CompletionOption = { word: '--help', description: 'print help', takesValue: false, choices: [] };

/** Every command of a program, the program itself first. */
export function completionNodes(program: Command): CompletionNode[] {
  const global = optionsOf(program);
  const nodes: CompletionNode[] = [];
  const visit = (command: Command, path: string): void => {
    nodes.push({
      path,
      commands: command.commands.map((one) => ({ word: one.name(), description: one.summary() || one.description() })),
      options: command === program ? [...global, HELP] : [...optionsOf(command), ...global, HELP],
    });
    for (const one of command.commands) visit(one, path === '' ? one.name() : `${path} ${one.name()}`);
  };
  visit(program, '');
  return nodes;
}

function optionsOf(command: Command): CompletionOption[] {
  return command.options.map(({ long, description, required, optional, argChoices }) => ({
    word: long ?? '',
    description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  }));
}

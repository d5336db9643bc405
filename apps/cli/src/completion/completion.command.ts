import type { Command } from 'commander';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action } from '../running/invocation.js';
import { completionNodes } from './command-tree.js';
import { completionScript, SHELLS, type Shell } from './scripts.js';

export function addCompletion(program: Command, host: Host): void {
  examples(
    program
      .command('completion')
      .summary('Print a script for the Tab key')
      .description('Print a script that completes commands and options with the Tab key.')
      .addArgument(program.createArgument('<shell>', 'for which').choices(SHELLS))
      .action(
        action<[Shell]>(host, (_, shell) => {
          host.stdout.write(completionScript(shell, completionNodes(program)));
          return Promise.resolve();
        }),
      ),
    'source <(fleethook completion bash)',
    'fleethook completion fish > ~/.config/fish/completions/fleethook.fish',
  );
}

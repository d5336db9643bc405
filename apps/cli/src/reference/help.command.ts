import type { Command } from 'commander';
import { UsageError } from '../running/cli-error.js';
import { VARIABLES } from '../running/environment.js';
import { EXIT_CODES } from '../running/exit-codes.js';
import type { Host } from '../running/host.js';
import { action, type Invocation } from '../running/invocation.js';
import { commandOf, pathOf } from '../usage.js';
import { wrap } from '../output/wrap.js';

const WIDTH = 80;
const TOPICS: Readonly<Record<string, (invocation: Invocation) => void>> = {
  'exit-codes': ({ output }) => {
    output.result(
      Object.entries(EXIT_CODES).map(([name, { code, when }]) => ({ code, name, when })),
      () => {
        for (const { code, when } of Object.values(EXIT_CODES)) itemLines(output, String(code).padStart(3), when);
      },
    );
  },
  environment: ({ output }) => {
    const width = Math.max(...VARIABLES.map(([name]) => name.length));
    output.result(Object.fromEntries(VARIABLES), () => {
      for (const [name, meaning] of VARIABLES) itemLines(output, name.padEnd(width), meaning);
      output.line();
      for (const line of wrap(
        'An option comes before a variable, and a variable before what a running `npm start` has written to standalone.json in its data folder: its addresses and its API key.',
        WIDTH,
      ))
        output.line(line);
    });
  },
};

export function addHelp(program: Command, host: Host): void {
  program
    .command('help')
    .summary('About a command, exit-codes or environment')
    .description('Prints the help of a command, or about exit-codes or the environment.')
    .argument('[words...]', 'a command, exit-codes or environment')
    .action(
      action<[string[]]>(host, (invocation, words) => {
        const [topic = ''] = words;
        if (Object.hasOwn(TOPICS, topic)) TOPICS[topic]?.(invocation);
        else {
          const found = commandOf(program, words);
          if (pathOf(found) !== ['fleethook', ...words].join(' '))
            throw new UsageError(`There is no command or topic ${words.join(' ')}.`);
          found.outputHelp();
        }
        return Promise.resolve();
      }),
    );
}

function itemLines(output: Invocation['output'], term: string, meaning: string): void {
  const [first = '', ...rest] = wrap(meaning, WIDTH - term.length - 2);
  output.line(`${output.paint('name', term)}  ${first}`);
  for (const line of rest) output.line(`${' '.repeat(term.length + 2)}${line}`);
}

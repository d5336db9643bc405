import type { Command } from 'commander';
import { buildProgram } from '../program.js';
import { bareHost } from '../running/bare-host.js';
import { VARIABLES } from '../running/environment.js';
import { EXIT_CODES } from '../running/exit-codes.js';
import { pathOf } from '../usage.js';

/**
 * `docs/cli.md`: the words around it, and what every command prints as its help.
 * @param program a new command of commander's
 * @param note that it is generated
 */
export function referencePage(program: Command, note: string): string {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text), isTerminal: false, columns: undefined };
  const helpOf = (command: Command): string => {
    written.length = 0;
    command.outputHelp();
    return written.join('').trimEnd();
  };
  buildProgram(program, bareHost(sink));
  const sections = leavesOf(program).map((command) => `### ${pathOf(command)}\n\n${fenced(ownPart(helpOf(command)))}`);
  return [
    '# The command line',
    note,
    INTRODUCTION,
    '## Environment',
    ENVIRONMENT,
    table(
      ['variable', 'meaning'],
      VARIABLES.map(([name, meaning]) => [`\`${name}\``, meaning.replace(/http\S+/, '`$&`')]),
    ),
    '## Exit codes',
    table(
      ['code', 'when'],
      Object.values(EXIT_CODES).map(({ code, when }) => [String(code), when]),
    ),
    '## Commands',
    'These options go with every command, wherever they stand:',
    fenced(globalPart(helpOf(program))),
    ...sections,
  ].join('\n\n');
}

const INTRODUCTION = `\`npx fleethook\` in a clone, after \`npm run build\`. The container image does not have it. It needs Node 24, and
takes the one that comes with the dependencies when the machine's is older. It talks to the Admin API and the intake over HTTP, and to nothing else.

\`\`\`sh
npx fleethook listen --create --event device.disconnected     # a receiver with a webhook to it, until Ctrl-C
npx fleethook events send --type device.disconnected --device pump-0017
npx fleethook deliveries list --status failed --since 2h
\`\`\`

Results go to stdout, everything about them to stderr. With \`--json\` there is one JSON document on stdout and nothing else, the API's own where
there is one; commands that go on (\`events send\`, \`events tail\`, \`listen\`, \`lag --watch\`, \`deliveries resend\`) print a line of JSON for each
result. An error is then a line \`{"error":{"kind","message",...}}\` on stderr.

Tables show the UUID at the end of a PRN, and every argument takes either. They are cut to the terminal's width, or to 80 columns; \`--wide\` cuts
nothing. Secrets and API keys are shown once, by the command that makes them.

A receiver that wants to know why a signature does not fit puts the request into a file and asks \`fleethook verify\`: it tells a missing header, a
body that was parsed and written again, a line end too many, another secret and a clock that is off from each other.`;

const ENVIRONMENT = `An option comes before a variable. Without either, where \`npm start\` runs, addresses and API key are those in \`standalone.json\` of its
data folder; its key is never sent to another address.`;

function leavesOf(command: Command): Command[] {
  return command.commands.flatMap((one) => (one.commands.length > 0 ? leavesOf(one) : [one]));
}

const GLOBAL = 'Global Options:';

/** The same with every command. */
function ownPart(help: string): string {
  return help.replace(new RegExp(`\\n${GLOBAL}\\n(?: .*\\n?)+`), '').trimEnd();
}

function globalPart(help: string): string {
  const [, options = ''] = /^Options:\n((?: .*\n)+)/m.exec(help) ?? [];
  return options.trimEnd();
}

const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [rowOf(head), rowOf(head.map(() => '---')), ...rows.map(rowOf)].join('\n');
}

import { Help, type Argument, type Command, type Option } from 'commander';
import { addApiKeys } from './access/api-keys.command.js';
import { addEventTypes } from './access/event-types.command.js';
import { addCompletion } from './completion/completion.command.js';
import { addDead } from './deliveries/dead.command.js';
import { addDeliveries } from './deliveries/deliveries.command.js';
import { addEvents } from './events/events.command.js';
import { addListen } from './listen/listen.command.js';
import { addDoctor } from './pipeline/doctor.command.js';
import { addLag } from './pipeline/lag.command.js';
import { addHelp } from './reference/help.command.js';
import { addReplay } from './replays/replay.command.js';
import type { Host } from './running/host.js';
import { painter } from './output/style.js';
import { addSimulate } from './simulate/simulate.command.js';
import { addVerify } from './verify/verify.command.js';
import { addWebhooks } from './webhooks/webhooks.command.js';

export const VERSION = '0.1.0';
const MAX_HELP_WIDTH = 80;

/** The whole command line: one line a command. @param program new */
export function buildProgram(program: Command, host: Host): Command {
  program
    .description('Send events, manage webhooks, look into deliveries, and try it all out.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and takes')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      // In lists a line or two; the rest is in the command's own help.
      subcommandDescription: (command) => command.summary() || firstSentence(command.description()),
      optionDescription: describedOption,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
      visibleGlobalOptions: (command) =>
        command === program ? [] : program.options.filter(({ long }) => long !== '--version'),
      styleTitle: (title) => painter(true)('name', title),
    })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // Told by whoever catches it, in the form that was asked for.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(MAX_HELP_WIDTH, host.stdout.columns ?? MAX_HELP_WIDTH),
      getErrHelpWidth: () => Math.min(MAX_HELP_WIDTH, host.stderr.columns ?? MAX_HELP_WIDTH),
      getOutHasColors: () => host.stdout.isTerminal && !host.environment.noColor,
      getErrHasColors: () => host.stderr.isTerminal && !host.environment.noColor,
    })
    .option('--url <address>', 'Admin API (FLEETHOOK_URL)')
    .option('--ingest-url <address>', 'intake (FLEETHOOK_INGEST_URL)')
    .option('--api-key <key>', 'API key (FLEETHOOK_API_KEY)')
    .option('--json', 'JSON on stdout and nothing else; NDJSON where it streams')
    .option('--wide', 'do not cut tables to the width of the terminal')
    .option('--no-color', 'no colours (NO_COLOR)');
  addEvents(program, host);
  addWebhooks(program, host);
  addDeliveries(program, host);
  addReplay(program, host);
  addDead(program, host);
  addListen(program, host);
  addVerify(program, host);
  addSimulate(program, host);
  addLag(program, host);
  addDoctor(program, host);
  addApiKeys(program, host);
  addEventTypes(program, host);
  addCompletion(program, host);
  addHelp(program, host);
  for (const group of program.commands.filter(({ commands }) => commands.length > 0)) group.helpCommand(false);
  return program;
}

function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/[.:]$/, '') ?? text;
}

/** The parser's own help marks arguments that must be given, not options. */
function describedOption(option: Option): string {
  const description = new Help().optionDescription(option);
  return option.mandatory ? `${description} (required)` : description;
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

import { ConfigError } from '@fleethook/config';
import { messageOf } from '@fleethook/infrastructure';
import { ArgumentError, parseArguments, USAGE } from './arguments.js';
import { Terminal } from './output/terminal.js';
import { Standalone } from './standalone.js';
import { readStandaloneSettings } from './standalone-settings.js';
import { Stopper } from './supervisor/stop.js';

process.exit(await main(process.argv.slice(2)));

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const parsed = parseArguments(argv);
    if (parsed.kind === 'start') return await run(parsed);
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    const hint = error instanceof ArgumentError ? `\n${USAGE}` : '';
    process.stderr.write(`${explain(error)}${hint}\n`);
    return error instanceof ArgumentError ? 2 : 1;
  }
}

async function run(options: { demo: boolean }): Promise<number> {
  const settings = readStandaloneSettings();
  const terminal = new Terminal(process.stdout, settings.logFormat);
  const standalone = await Standalone.open(settings, terminal);
  const stopper = new Stopper({
    say: terminal.say,
    stop: () => standalone.stop(),
    kill: () => standalone.kill(),
  });
  stopper.listen();
  standalone.start(options, stopper.signal).catch((error: unknown) => {
    if (stopper.signal.aborted) return;
    process.stderr.write(`${explain(error)}\n`);
    stopper.fail();
  });
  const code = await stopper.finished;
  if (code === 0) terminal.say('Stopped.');
  return code;
}

/** A sentence where we know one; a stack where we do not, for whoever has to find out. */
function explain(error: unknown): string {
  const known = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  return known || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
}

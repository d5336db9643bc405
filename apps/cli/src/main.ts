import type { Command } from 'commander';
import { CliError } from './running/cli-error.js';
import { processEnvironment } from './running/environment.js';
import { EXIT_CODES } from './running/exit-codes.js';
import type { Host } from './running/host.js';
import { outputOf } from './running/invocation.js';
import { listenToSignals, streamSink } from './running/process.js';
import { buildProgram } from './program.js';
import { isHelp, usageErrorOf } from './usage.js';

/**
 * Runs what the command line asks for.
 * @param program a new command of commander's: it is installed where the executable is, and found from there
 * @param root the clone's folder, or the image's
 * @returns the exit code
 */
export async function main(program: Command, root: string): Promise<number> {
  const words = process.argv.slice(2);
  const host: Host = {
    root,
    environment: processEnvironment(),
    // Told beside whatever runs, which nothing else would end.
    stdout: streamSink(process.stdout, (error) =>
      process.exit(report(host, words, new CliError('failed', `Cannot write: ${error.message}`, { cause: error }))),
    ),
    // Nowhere is left to say it.
    stderr: streamSink(process.stderr, () => process.exit(EXIT_CODES.failed.code)),
    signal: listenToSignals(),
    ending: 'ok',
  };
  buildProgram(program, host);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (isHelp(error)) return EXIT_CODES.ok.code;
    return report(host, words, usageErrorOf(error, program, words) ?? error);
  }
  return EXIT_CODES[host.ending].code;
}

function report(host: Host, words: readonly string[], error: unknown): number {
  const output = outputOf(host, { json: words.includes('--json'), color: !words.includes('--no-color') });
  if (error instanceof CliError) {
    const { ending, message, hint, details } = error;
    if (message !== '') output.error(message, hint, { kind: ending, message, ...(hint && { hint }), ...details });
    return EXIT_CODES[ending].code;
  }
  // Ours to mend: whoever meets it needs all of it for a report.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.error(stack, 'This is a fault of the command line itself.', { kind: 'failed', message: stack });
  return EXIT_CODES.failed.code;
}

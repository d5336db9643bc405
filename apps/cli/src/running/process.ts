import type { WriteStream } from 'node:tty';
import type { Sink } from '../output/output.js';
import { CliError } from './cli-error.js';
import { EXIT_CODES } from './exit-codes.js';

/**
 * A stream of this process. Whoever reads it may go away at any time (`| head`): that is no error.
 * @param onFault anything else that keeps it from being written, such as a disk that is full
 */
export function streamSink(stream: WriteStream & { fd: 1 | 2 }, onFault: (error: Error) => never): Sink {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody is left to write to; a run that went on would only fail at its next line.
    if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok.code);
    onFault(error);
  });
  // Typed as always there, and undefined where it is no terminal.
  const isTerminal = (stream.isTTY as boolean | undefined) === true;
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    // Some terminals do not know how wide they are.
    columns: isTerminal && stream.columns > 0 ? stream.columns : undefined,
  };
}

/** Ends what runs, in order, on the first signal; at once on the second. */
export function listenToSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // Asked for twice: what the first has not ended would be waited for.
      if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
      controller.abort(new CliError('interrupted', ''));
    });
  return controller.signal;
}

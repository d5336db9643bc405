import type { Ending } from './exit-codes.js';

/** A command that cannot do what it was asked to: a sentence that says what happened, and one that says what to do. */
export class CliError extends Error {
  readonly hint: string | undefined;
  /** For scripts, beside the sentence. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly ending: Exclude<Ending, 'ok'>,
    message: string,
    more: {
      readonly hint?: string | undefined;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'CliError';
    this.hint = more.hint;
    this.details = more.details ?? {};
  }
}

/** A value on the command line that cannot be read. The parser names the option or the argument before the sentence. */
export class UsageError extends CliError {
  /** By which commander knows it. */
  readonly code = 'commander.invalidArgument';

  constructor(message: string, hint?: string) {
    super('usage', message, { hint });
  }
}

import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: O }>>['values'];

/** A fault in what was asked for: told in a sentence, beside the usage. */
export class ArgumentFault extends Error {}

/**
 * The arguments of a command that runs for long (bench, chaos, soak). Whoever asks for what cannot be is told
 * before anything is begun, and the process ends with 2.
 * @param usage a line
 * @param check of the values; throws ArgumentFault
 */
export function longFormArguments<O extends Options, R>(
  usage: string,
  options: O,
  check: (values: Values<O>) => R,
  given: readonly string[] = process.argv.slice(2),
): R {
  try {
    return check(parseArgs<{ args: string[]; options: O }>({ args: [...given], options }).values);
  } catch (error) {
    if (!(error instanceof ArgumentFault) && !isParseFault(error)) throw error;
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exit(2);
  }
}

/** @throws ArgumentFault */
export function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new ArgumentFault(`--${name} ${JSON.stringify(text)} is no number above 0.`);
}

/** @throws ArgumentFault */
export function count(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new ArgumentFault(`--${name} ${JSON.stringify(text)} is no whole number above 0.`);
}

/** @throws ArgumentFault */
export function someOf<T extends string>(name: string, text: string, known: readonly T[]): ReadonlySet<T> {
  const asked = text.split(',').map((word) => word.trim());
  const unknown = asked.filter((word) => !known.some((one) => one === word));
  if (unknown.length === 0) return new Set(known.filter((one) => asked.includes(one)));
  throw new ArgumentFault(
    `--${name} knows ${known.join(', ')}; not ${unknown.map((word) => JSON.stringify(word)).join(', ')}.`,
  );
}

function isParseFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

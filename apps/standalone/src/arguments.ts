export const USAGE = `Usage: npm start -- [--no-demo]

Brings up Kafka and PostgreSQL, migrates, and runs every app of Fleethook until Ctrl-C.

  --no-demo   leave out the demo organization's events and receiver
  --help      print this

Settings come from the environment; docs/configuration.md lists them.
`;

export type Arguments = { readonly kind: 'start'; readonly demo: boolean } | { readonly kind: 'help' };

/** @throws ArgumentError */
export function parseArguments(argv: readonly string[]): Arguments {
  if (argv.includes('--help') || argv.includes('-h')) return { kind: 'help' };
  const unknown = argv.filter((argument) => argument !== '--no-demo');
  if (unknown.length > 0) throw new ArgumentError(`There is no argument ${unknown.join(' ')}.`);
  return { kind: 'start', demo: !argv.includes('--no-demo') };
}

export class ArgumentError extends Error {
  readonly code = 'ARGUMENT_UNKNOWN';
}

import type { ConfigFault } from './config-error.js';
import { editDistance, isNearMiss } from './near-miss.js';

/** Prefixes that are ours alone: any variable that starts with one and is in no table is a mistake. */
export const OWN_PREFIXES: readonly string[] = [
  'FLEETHOOK_',
  'RETRY_',
  'DELIVERY_',
  'WEBHOOK_',
  'EGRESS_',
  'SECRETS_',
  'INGEST_',
  'RECORDER_',
  'HISTORY_',
];

/** What our other commands read: who has exported it for them starts the rest in the same shell. */
const OF_OTHER_COMMANDS: ReadonlySet<string> = new Set([
  // The command line (docs/cli.md).
  'FLEETHOOK_URL',
  'FLEETHOOK_INGEST_URL',
  'FLEETHOOK_WEBHOOK_SECRET',
  // The receivers to copy (docs/receivers.md).
  'WEBHOOK_SECRETS',
  // The tests, and the compose stacks.
  'FLEETHOOK_TEST_KAFKA',
  'FLEETHOOK_TEST_DATABASE',
  'FLEETHOOK_SCREENSHOTS',
  'FLEETHOOK_IMAGE',
]);

/** Names that are not ours: we read them because all do, and there are others like them. */
const OF_ALL = /^(OTEL|JAVA)_/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that somebody set for us and nobody reads. Under the other prefixes (`KAFKA_`, `DATABASE_`, `LOG_`, ...) other software has
 * variables too, and an engine puts in the addresses of its services (`KAFKA_PORT`): there it is only the near miss of a setting that is
 * missing itself. Who has set `KAFKA_BROKERS` did not mean it with `KAFKA_BROKER`.
 * @param names of every setting
 */
export function unknownVariables(environment: Environment, names: ReadonlySet<string>): readonly ConfigFault[] {
  const words = new Set([...names].flatMap((name) => name.split('_')));
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== '';
  const faults: ConfigFault[] = [];
  for (const variable of Object.keys(environment).toSorted()) {
    if (names.has(variable) || OF_OTHER_COMMANDS.has(variable)) continue;
    if (OWN_PREFIXES.some((prefix) => variable.startsWith(prefix)))
      faults.push(unknown(variable, closest(variable, names)));
    else if (isSet(variable)) {
      const near = [...names].find((name) => !OF_ALL.test(name) && !isSet(name) && isNearMiss(variable, name, words));
      if (near !== undefined) faults.push(unknown(variable, near));
    }
  }
  return faults;
}

const MOST_EDITS = 3;

function closest(variable: string, names: ReadonlySet<string>): string | undefined {
  const [first] = [...names]
    .map((name) => ({ name, edits: editDistance(name, variable) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .toSorted((left, right) => left.edits - right.edits);
  return first?.name;
}

const unknown = (variable: string, near: string | undefined): ConfigFault => ({
  variable,
  message: `is not a setting of Fleethook${near === undefined ? '' : `; did you mean ${near}?`}`,
});

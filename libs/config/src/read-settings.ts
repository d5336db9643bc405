import { ConfigError, type ConfigFault } from './config-error.js';
import type { Rule } from './rule.js';
import { textOf, variablesOf } from './secret-file.js';
import type { Settings, SettingsOf } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Prefixes that are ours alone: any variable that starts with one and is in no table is a mistake. */
const OWN_PREFIXES = [
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

export interface ReadingContext {
  /** Names that other apps of the same deployment read: set for all, so not unknown here. */
  readonly known: ReadonlySet<string>;
  /** Those about settings that are not in the table are passed over. */
  readonly rules: readonly Rule[];
}

/**
 * Reads a table of settings from the environment, secrets also from the files that it names.
 * @throws ConfigError with every fault, unknown names included
 */
export function readSettings<S extends Settings>(
  settings: S,
  { known, rules }: ReadingContext,
  environment: Environment = process.env,
): SettingsOf<S> {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  const good = new Map<string, unknown>();
  for (const [name, item] of Object.entries(settings)) {
    const given = textOf(item, environment);
    if ('fault' in given) {
      faults.push(given.fault);
      continue;
    }
    const result = item.schema.safeParse(given.text);
    if (result.success) {
      values[name] = result.data;
      good.set(item.variable, result.data);
    } else for (const issue of result.error.issues) faults.push({ variable: item.variable, message: issue.message });
  }
  for (const { variables, faultsOf } of rules)
    if (variables.every((variable) => good.has(variable))) faults.push(...faultsOf(good));
  const names = new Set([...known, ...Object.values(settings).flatMap(variablesOf)]);
  for (const variable of Object.keys(environment).toSorted()) {
    if (names.has(variable) || !OWN_PREFIXES.some((prefix) => variable.startsWith(prefix))) continue;
    const near = [...names].find((name) => editDistance(name, variable) <= 3);
    faults.push({
      variable,
      message: `is not a setting of Fleethook${near === undefined ? '' : `; did you mean ${near}?`}`,
    });
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return values as SettingsOf<S>;
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

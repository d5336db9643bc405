import { ConfigError, type ConfigFault } from './config-error.js';
import type { Rule } from './rule.js';
import { textOf, variablesOf } from './secret-file.js';
import type { Settings, SettingsOf } from './setting.js';
import { unknownVariables } from './unknown-variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

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
  faults.push(...unknownVariables(environment, names));
  if (faults.length > 0) throw new ConfigError(faults);
  return values as SettingsOf<S>;
}

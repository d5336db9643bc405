import type { ConfigFault } from './config-error.js';
import type { Settings, SettingsOf } from './setting.js';

/** What settings must be together; looked at when each of them is good by itself. */
export interface Rule {
  /** Of the settings that it is about: it holds for every app that reads all of them. */
  readonly variables: readonly string[];
  /** @param values by variable */
  readonly faultsOf: (values: ReadonlyMap<string, unknown>) => readonly ConfigFault[];
}

export function rule<S extends Settings>(
  settings: S,
  faultsOf: (values: SettingsOf<S>) => readonly ConfigFault[],
): Rule {
  const entries = Object.entries(settings);
  return {
    variables: entries.map(([, { variable }]) => variable),
    faultsOf: (values) =>
      faultsOf(
        Object.fromEntries(entries.map(([name, { variable }]) => [name, values.get(variable)])) as SettingsOf<S>,
      ),
  };
}

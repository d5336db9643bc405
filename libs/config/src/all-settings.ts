import { apiSettings } from './apps/api.settings.js';
import { deliverySettings } from './apps/delivery.settings.js';
import { doctorSettings } from './apps/doctor.settings.js';
import { ingestRules, ingestSettings } from './apps/ingest.settings.js';
import { kafkaRules } from './apps/kafka.rules.js';
import { migrateSettings } from './apps/migrate.settings.js';
import { recorderSettings } from './apps/recorder.settings.js';
import { routerSettings } from './apps/router.settings.js';
import { portRules } from './apps/port.rules.js';
import { standaloneSettings } from './apps/standalone.settings.js';
import { readSettings, type Environment } from './read-settings.js';
import { variablesOf } from './secret-file.js';
import type { Settings, SettingsOf } from './setting.js';

/** Every table by app: what `docs/configuration.md` is made from. */
export const SETTINGS_BY_APP = {
  ingest: ingestSettings,
  router: routerSettings,
  delivery: deliverySettings,
  recorder: recorderSettings,
  api: apiSettings,
  standalone: standaloneSettings,
  migrate: migrateSettings,
  doctor: doctorSettings,
} as const satisfies Record<string, Settings>;

export type AppName = Exclude<keyof typeof SETTINGS_BY_APP, 'standalone' | 'migrate' | 'doctor'>;

const KNOWN_VARIABLES: ReadonlySet<string> = new Set(
  Object.values(SETTINGS_BY_APP).flatMap((settings) => Object.values(settings).flatMap(variablesOf)),
);

const RULES = [...kafkaRules, ...ingestRules, ...portRules];

/** Reads one app's settings. @throws ConfigError with every fault at once */
export function readAppSettings<A extends keyof typeof SETTINGS_BY_APP>(
  app: A,
  environment: Environment = process.env,
): SettingsOf<(typeof SETTINGS_BY_APP)[A]> {
  return readSettings(SETTINGS_BY_APP[app], { known: KNOWN_VARIABLES, rules: RULES }, environment);
}

/** What an app starts with, secrets masked: one flat object for one log line. */
export function summarize(settings: Settings, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => values[name] !== undefined)
      .map(([name, item]) => [item.variable, item.secret ? '***' : values[name]]),
  );
}

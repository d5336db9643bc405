import { childEnvironment, ConfigError, type AppName } from '@fleethook/config';
import type { StandaloneSettings } from '@fleethook/config';
import type { GeneratedKeys } from './data/data-folder.js';
import { PORT_VARIABLE, portOf } from './apps.js';
import { faultsOfApps } from './standalone-settings.js';

export interface Services {
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
}

export interface AppEnvironmentOptions {
  readonly settings: StandaloneSettings;
  readonly keys: GeneratedKeys;
  readonly services: Services;
  /** What the demo needs beside the operator's settings. */
  readonly demo: Readonly<Record<string, string>>;
}

/** What one app reads: the operator's environment, and in it what this start has found or made. */
export function appEnvironment(app: AppName, options: AppEnvironmentOptions): Record<string, string> {
  const { settings, keys, services, demo } = options;
  return childEnvironment({
    // Read here already, and handed on as what they hold.
    DATABASE_URL_FILE: undefined,
    SECRETS_KEY_FILE: undefined,
    FLEETHOOK_API_KEY_FILE: undefined,
    ...demo,
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    DATABASE_URL: services.databaseUrl,
    SECRETS_KEY: settings.secretsKeys ?? keys.secretsKey,
    FLEETHOOK_API_KEY: app === 'api' ? (settings.bootstrapApiKey ?? keys.apiKey) : undefined,
    INGEST_PUBLIC_URL: settings.ingestPublicUrl ?? intakeOnThisMachine(settings),
    FLEETHOOK_HOST: settings.host,
    [PORT_VARIABLE[app]]: String(portOf(app, settings)),
    LOG_FORMAT: 'json',
    NODE_ENV: 'production',
  });
}

/** Undefined where its address is not known yet, or not the one that a browser would use. */
function intakeOnThisMachine({ host, ingestPort }: StandaloneSettings): string | undefined {
  return ingestPort === 0 || !host.startsWith('127.') ? undefined : `http://${host}:${ingestPort}`;
}

/** Every app's faults at once, before anything is started. @throws ConfigError */
export function checkAppSettings(options: AppEnvironmentOptions): void {
  const faults = faultsOfApps((app) => appEnvironment(app, options));
  if (faults.length > 0) throw new ConfigError(faults);
}

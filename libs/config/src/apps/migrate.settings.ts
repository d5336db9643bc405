import { databaseSettings, loggingSettings } from './shared.settings.js';

/** A job, not an app: it runs before them and ends. */
export const migrateSettings = {
  ...loggingSettings,
  databaseUrl: databaseSettings.databaseUrl,
} as const;

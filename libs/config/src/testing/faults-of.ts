import { readAppSettings, type SETTINGS_BY_APP } from '../all-settings.js';
import { ConfigError, type ConfigFault } from '../config-error.js';
import type { Environment } from '../read-settings.js';

/** What keeps an app from starting with these settings; empty when it can. */
export function faultsOf(app: keyof typeof SETTINGS_BY_APP, environment: Environment): readonly ConfigFault[] {
  try {
    readAppSettings(app, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

import {
  childEnvironment,
  ConfigError,
  readAppSettings,
  type AppName,
  type ConfigFault,
  type Environment,
  type StandaloneSettings,
} from '@fleethook/config';
import { APPS_IN_STOP_ORDER } from './apps.js';

/** In the place of the key that a start makes when there is none. */
const SOME_KEY = Buffer.alloc(32).toString('base64');

/** What a start reads for itself. @throws ConfigError with every fault at once, those of its apps among them */
export function readStandaloneSettings(environment: Environment = childEnvironment({})): StandaloneSettings {
  try {
    return readAppSettings('standalone', environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const isKeyGiven = ['SECRETS_KEY', 'SECRETS_KEY_FILE'].some((name) => (environment[name] ?? '').trim() !== '');
    const ofApps = isKeyGiven ? environment : { ...environment, SECRETS_KEY: SOME_KEY };
    throw new ConfigError(distinct([...error.faults, ...faultsOfApps(() => ofApps)]));
  }
}

/** Every app's faults, each once however many apps have it. */
export function faultsOfApps(environmentOf: (app: AppName) => Environment): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  for (const app of APPS_IN_STOP_ORDER) {
    try {
      readAppSettings(app, environmentOf(app));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  return distinct(faults);
}

function distinct(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return [...new Map(faults.map((fault) => [`${fault.variable} ${fault.message}`, fault])).values()];
}

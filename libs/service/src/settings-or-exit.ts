import { ConfigError, readAppSettings, type SETTINGS_BY_APP } from '@fleethook/config';

/** Reads an app's settings; where some are faulty, prints each of them in plain words, and ends the process with 1. */
export function settingsOrExit<A extends keyof typeof SETTINGS_BY_APP>(app: A): ReturnType<typeof readAppSettings<A>> {
  try {
    return readAppSettings(app);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    // Nothing runs yet that would have to be closed.
    process.exit(1);
  }
}

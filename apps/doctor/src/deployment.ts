import { readFileSync } from 'node:fs';
import path from 'node:path';
import { childEnvironment, readAppSettings, type DoctorSettings, type Environment } from '@fleethook/config';
import { z } from 'zod';

/** What `npm start` says of itself while it runs, as far as it is of use here. */
const StandaloneFacts = z.object({
  kafkaBrokers: z.array(z.string()),
  databaseUrl: z.string(),
  opsUrls: z.record(z.string(), z.string()),
});
const Keys = z.object({ secretsKey: z.string() });

export interface Deployment {
  readonly settings: DoctorSettings;
  /** Where apps listen, by name. */
  readonly opsUrls: Readonly<Record<string, string>>;
  /** The data folder of an `npm start` that runs beside us; undefined: these are the settings of the environment. */
  readonly standaloneFolder: string | undefined;
  /** Nobody named a deployment: these are defaults, and nothing runs on the data folder. */
  readonly isGuess: boolean;
}

/**
 * The settings of the environment; beside a running `npm start`, and unless the environment names Kafka itself, those of that.
 * @throws ConfigError
 */
export function findDeployment(given: Environment = childEnvironment({})): Deployment {
  const settings = readAppSettings('doctor', given);
  const folder = path.resolve(settings.dataDir);
  const facts = StandaloneFacts.safeParse(readJson(path.join(folder, 'standalone.json')));
  const namesKafka = isGiven(given, 'KAFKA_BROKERS');
  if (!facts.success || namesKafka) return { settings, opsUrls: {}, standaloneFolder: undefined, isGuess: !namesKafka };
  const { kafkaBrokers, databaseUrl, opsUrls } = facts.data;
  const keys = Keys.safeParse(readJson(path.join(folder, 'keys.json')));
  // What `npm start` was given comes before the key that it has made at some time, there as here.
  const takesKey = keys.success && !isGiven(given, 'SECRETS_KEY') && !isGiven(given, 'SECRETS_KEY_FILE');
  const environment = {
    ...given,
    KAFKA_BROKERS: kafkaBrokers.join(','),
    DATABASE_URL: databaseUrl,
    // It is in the file of facts already; both would be one too many.
    DATABASE_URL_FILE: undefined,
    ...(takesKey && { SECRETS_KEY: keys.data.secretsKey }),
  };
  return { settings: readAppSettings('doctor', environment), opsUrls, standaloneFolder: folder, isGuess: false };
}

const isGiven = (environment: Environment, variable: string): boolean => (environment[variable] ?? '').trim() !== '';

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** What the command line takes from the environment. */
export interface Environment {
  /** Of the Admin API. */
  readonly url: string | undefined;
  readonly ingestUrl: string | undefined;
  readonly apiKey: string | undefined;
  /** Of a webhook, to verify with. */
  readonly webhookSecret: string | undefined;
  /** Where `npm start` keeps its state. */
  readonly dataDir: string | undefined;
  readonly noColor: boolean;
  /** Of the terminal, when it says so. */
  readonly columns: number | undefined;
}

/** The variables, as `docs/cli.md` and `fleethook help environment` list them. */
export const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ['FLEETHOOK_URL', 'Address of the Admin API; without it http://127.0.0.1:4000'],
  ['FLEETHOOK_INGEST_URL', 'Address of the intake; without it http://127.0.0.1:4001'],
  ['FLEETHOOK_API_KEY', 'The API key; better here than in --api-key, which other users of the machine can see'],
  ['FLEETHOOK_WEBHOOK_SECRET', 'The secret that `listen` and `verify` check signatures with'],
  ['FLEETHOOK_DATA_DIR', 'Where `npm start` keeps its state; without it .fleethook'],
  ['NO_COLOR', 'Anything: no colours'],
  ['COLUMNS', 'Width of tables where the output is no terminal; without it 80'],
];

/** The only reader of the environment here. No server's settings, so libs/config has no schema for them; all are optional. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const given = (name: string): string | undefined => (variables[name] === '' ? undefined : variables[name]);
  const columns = Number(given('COLUMNS'));
  return {
    url: given('FLEETHOOK_URL'),
    ingestUrl: given('FLEETHOOK_INGEST_URL'),
    apiKey: given('FLEETHOOK_API_KEY'),
    webhookSecret: given('FLEETHOOK_WEBHOOK_SECRET'),
    dataDir: given('FLEETHOOK_DATA_DIR'),
    noColor: given('NO_COLOR') !== undefined,
    columns: Number.isInteger(columns) && columns > 0 ? columns : undefined,
  };
}

export function processEnvironment(): Environment {
  // oxlint-disable-next-line node/no-process-env -- the one place where the command line reads it
  return readEnvironment(process.env);
}

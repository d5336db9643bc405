import { CliError, UsageError } from '../running/cli-error.js';
import type { Environment } from '../running/environment.js';
import type { StandaloneFacts } from './standalone-facts.js';

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly ingestUrl?: string | undefined;
  readonly apiKey?: string | undefined;
}

export interface Addresses {
  readonly apiUrl: string;
  readonly ingestUrl: string;
  /** Where each address came from, for sentences about it. */
  readonly source: string;
  /** @throws CliError unauthorized when there is none */
  readonly apiKey: (server: 'api' | 'ingest') => string;
}

const DEFAULT_API_URL = 'http://127.0.0.1:4000';
const DEFAULT_INGEST_URL = 'http://127.0.0.1:4001';

/** Option, environment, what runs in this clone, default: the first that there is. */
export function addressesOf(
  options: ConnectionOptions,
  environment: Pick<Environment, 'url' | 'ingestUrl' | 'apiKey'>,
  standalone: StandaloneFacts | undefined,
): Addresses {
  const givenApi = options.url ?? environment.url;
  const givenIngest = options.ingestUrl ?? environment.ingestUrl;
  const apiUrl = checkedUrl(givenApi ?? standalone?.apiUrl ?? DEFAULT_API_URL);
  const ingestUrl = checkedUrl(givenIngest ?? standalone?.ingestUrl ?? DEFAULT_INGEST_URL);
  const givenKey = options.apiKey ?? environment.apiKey;
  return {
    apiUrl,
    ingestUrl,
    source: givenApi !== undefined ? 'given' : (standalone?.file ?? 'the default'),
    apiKey: (server) => {
      if (givenKey !== undefined) return checkedKey(givenKey);
      const [url, own] = server === 'api' ? [apiUrl, standalone?.apiUrl] : [ingestUrl, standalone?.ingestUrl];
      // The key of this machine's Fleethook is nothing for another address.
      if (standalone !== undefined && own !== undefined && new URL(own).origin === new URL(url).origin)
        return standalone.apiKey;
      throw new CliError('unauthorized', 'There is no API key.', {
        hint: 'Set FLEETHOOK_API_KEY or give --api-key; in a clone where `npm start` runs, its key is found by itself.',
      });
    },
  };
}

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.search !== '' || url.hash !== '')
    throw new UsageError(`${text === '' ? 'What is empty' : text} is not an address such as ${DEFAULT_API_URL}.`);
  return url.href.replace(/\/+$/, '');
}

/** What a header cannot hold would fail far away from here. */
function checkedKey(key: string): string {
  if (/^[\u0021-\u007E]+$/.test(key)) return key;
  if (key === '') throw new UsageError('The API key is empty.');
  throw new UsageError('The API key has characters that no key has; was it copied with a blank or a line break?');
}

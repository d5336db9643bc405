import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.js';
import { SESSION_KEY } from './session.js';

const MAX_RETRIES = 2;

/** What the pages know of the API's data. A session that has ended is noticed by whichever request comes first. */
export function newQueryClient(): QueryClient {
  const noticed = (error: unknown): void => {
    if (error instanceof Problem && error.status === 401) client.setQueryData(SESSION_KEY, null);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: noticed }),
    mutationCache: new MutationCache({ onError: noticed }),
    defaultOptions: {
      mutations: { networkMode: 'always' },
      queries: {
        // The API may be on this very machine: whether there is another network says nothing.
        networkMode: 'always',
        staleTime: 5_000,
        // What was refused will be refused again; what had no answer may get one.
        retry: (failures, error) => failures < MAX_RETRIES && error instanceof Problem && isTransient(error.status),
      },
    },
  });
  return client;
}

const isTransient = (status: number): boolean => status === 0 || status === 429 || status >= 500;

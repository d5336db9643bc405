import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import type { Schemas } from '@fleethook/contract';
import { call } from './client.js';
import { Problem } from './problem.js';

export type Scope = Session['api_key']['scopes'][number];

export type Session = Schemas['ConsoleSession'];

export const SESSION_KEY = ['session'] as const;

/** Null: nobody is signed in. Undefined while it is not known. */
export function useSession(): { session: Session | null | undefined; error: Error | null } {
  const { data, error } = useQuery({ queryKey: SESSION_KEY, queryFn: currentSession, staleTime: 60_000 });
  return { session: data, error };
}

/** Whether the key of the session may do something. */
export function useMay(scope: Scope): boolean {
  const { session } = useSession();
  return session?.api_key.scopes.includes(scope) ?? false;
}

/** The key is sent once, for a cookie that scripts cannot read; nothing of it stays in the page. */
export function useSignIn(): UseMutationResult<void, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (apiKey: string) => {
      await call('POST /console/session', { body: { api_key: apiKey } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: SESSION_KEY }),
  });
}

export function useSignOut(): UseMutationResult<void, Error, void> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await call('DELETE /console/session', {});
    },
    onSuccess: () => {
      client.clear();
      client.setQueryData(SESSION_KEY, null);
    },
  });
}

async function currentSession({ signal }: { signal: AbortSignal }): Promise<Session | null> {
  try {
    return (await call('GET /console/session', {}, signal)).data;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

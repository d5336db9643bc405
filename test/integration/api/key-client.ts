import type { ApiWorld, Reply } from './api-world.js';

export interface ApiKey {
  prn: string;
  organization_prn: string;
  name: string;
  scopes: string[];
  creator_prn: string | null;
  expires_at: string | null;
  inserted_at: string;
  updated_at: string;
  key?: string;
}

export const apiKeyOf = (reply: Reply): ApiKey => (reply.json as { api_key: ApiKey }).api_key;

/** A key of the world's organization, made as a client makes it. */
export async function madeKey(
  world: ApiWorld,
  scopes: readonly string[],
  more: Record<string, unknown> = {},
): Promise<ApiKey & { key: string }> {
  const reply = await world.call('POST', '/api-keys', { body: { name: 'made', scopes, ...more } });
  if (reply.status !== 201) throw new Error(`no key was made: ${reply.text}`);
  const made = apiKeyOf(reply);
  return { ...made, key: made.key ?? '' };
}

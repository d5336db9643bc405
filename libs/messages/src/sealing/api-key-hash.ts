import { createHash, randomBytes } from 'node:crypto';

/** An API key: `fhk_` and 256 random bits. Shown once; only its hash is kept. */
export function newApiKey(): string {
  return `fhk_${randomBytes(32).toString('base64url')}`;
}

/** What rests in PostgreSQL and in the topic. A plain hash is enough: the key is random, not a password. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

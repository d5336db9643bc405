import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { hashApiKey, type ApiKeyConfig } from '@fleethook/messages';

/** What came of an API key that a client showed. */
export type KeyCheck =
  | { readonly kind: 'publisher'; readonly key: Prn<'api_key'>; readonly organization: Prn<'organization'> }
  | { readonly kind: 'unknown' | 'not_allowed' };

/** The API keys of all organizations, by hash, as `webhook.config` has them. */
@Injectable()
export class ApiKeyDirectory {
  readonly #byHash = new Map<string, ApiKeyConfig>();
  readonly #hashByPrn = new Map<string, string>();

  set(key: ApiKeyConfig): void {
    this.delete(key.prn);
    this.#byHash.set(key.hash, key);
    this.#hashByPrn.set(key.prn, key.hash);
  }

  delete(prn: string): void {
    const hash = this.#hashByPrn.get(prn);
    if (hash === undefined) return;
    this.#hashByPrn.delete(prn);
    this.#byHash.delete(hash);
  }

  clear(): void {
    this.#byHash.clear();
    this.#hashByPrn.clear();
  }

  /** Whether a key may publish events, and whose it is. */
  check(key: string, nowMs: number): KeyCheck {
    const found = this.#byHash.get(hashApiKey(key));
    // Whoever shows a key that has expired is told no more than somebody who guesses.
    if (found === undefined || (found.expiresAtMs !== undefined && found.expiresAtMs <= nowMs))
      return { kind: 'unknown' };
    if (!found.scopes.includes('publish')) return { kind: 'not_allowed' };
    return { kind: 'publisher', key: found.prn, organization: found.organization };
  }
}

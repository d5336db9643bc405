import { isDeepStrictEqual } from 'node:util';
import type { ConfigMessage } from '@fleethook/messages';

/** What a new reader of `webhook.config` would know: the sweep compares it with PostgreSQL. */
export class ConfigView {
  readonly #messages = new Map<string, ConfigMessage>();
  /** Keys whose last record is an older one. */
  readonly #overtaken = new Set<string>();
  readonly #watches = new Map<string, Set<() => void>>();

  set(key: string, message: ConfigMessage): void {
    this.#messages.set(key, message);
    this.#overtaken.delete(key);
    this.#tell(key);
  }

  delete(key: string): void {
    this.#messages.delete(key);
    this.#overtaken.delete(key);
    this.#tell(key);
  }

  /** The topic's last word on a key is an older one: what was said before it is still what holds, but not what the topic will keep. */
  overtake(key: string): void {
    this.#overtaken.add(key);
  }

  clear(): void {
    this.#messages.clear();
    this.#overtaken.clear();
  }

  get(key: string): ConfigMessage | undefined {
    return this.#messages.get(key);
  }

  keys(): string[] {
    return [...this.#messages.keys()];
  }

  /** Calls whenever something came under the key, a deletion too. @returns what ends it */
  watch(key: string, call: () => void): () => void {
    const calls = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, calls.add(call));
    return () => {
      calls.delete(call);
      if (calls.size === 0 && this.#watches.get(key) === calls) this.#watches.delete(key);
    };
  }

  /** Versions aside: they may differ after PostgreSQL was restored from a backup without any difference that matters. */
  says(key: string, message: ConfigMessage): boolean {
    const seen = this.#messages.get(key);
    if (this.#overtaken.has(key)) return false;
    return (
      seen !== undefined && seen.version >= message.version && isDeepStrictEqual(contentOf(seen), contentOf(message))
    );
  }

  #tell(key: string): void {
    for (const call of this.#watches.get(key) ?? []) call();
  }
}

/** As it reads from the topic: fields that are undefined are not there. */
function contentOf(message: ConfigMessage): unknown {
  return JSON.parse(JSON.stringify({ ...message, version: 0 }));
}

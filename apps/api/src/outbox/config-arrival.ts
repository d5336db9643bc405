import { Inject, Injectable } from '@nestjs/common';
import { ConfigTopicReader } from '@fleethook/kafka';
import { ConfigView } from './config-view.js';

/** From the commit to our own view of the topic it takes some 20 ms; a client must not wait for long when it takes longer. */
const MAX_WAIT_MS = 3_000;
/** The other readers are sent the record when we are, and may take longer to apply it: so long, or as long as it took to reach us. */
const GRACE_MS = { least: 150, most: 1_000 } as const;

/**
 * Lets the reply to a change wait until the processes that it is for know of it, so that whoever creates a webhook and posts an event at
 * once is not disappointed. It changes nothing about the change, which is stored: when Kafka is away the reply does not wait. Call it with
 * no transaction open.
 */
@Injectable()
export class ConfigArrival {
  constructor(
    private readonly view: ConfigView,
    @Inject(ConfigTopicReader) private readonly reader: Pick<ConfigTopicReader, 'isFollowing'>,
  ) {}

  /** @param key of a configuration record @param version at least that of what was stored; none: it was deleted */
  async of(key: string, version?: number): Promise<void> {
    if (!this.reader.isFollowing) return;
    const startedAtMs = performance.now();
    const came = this.#isThere(key, version) || (await this.#next(key, version));
    if (!came) return;
    const tookMs = performance.now() - startedAtMs;
    const graceMs = Math.min(Math.max(GRACE_MS.least, tookMs), GRACE_MS.most);
    await new Promise((resolve) => setTimeout(resolve, graceMs));
  }

  #isThere(key: string, version: number | undefined): boolean {
    const seen = this.view.get(key)?.version;
    return version === undefined ? seen === undefined : seen !== undefined && seen >= version;
  }

  /** @returns whether it came in time */
  #next(key: string, version: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (came: boolean): void => {
        clearTimeout(timer);
        unwatch();
        resolve(came);
      };
      const unwatch = this.view.watch(key, () => {
        // What was deleted meanwhile never comes.
        if (this.view.get(key) === undefined || this.#isThere(key, version)) done(true);
      });
      const timer = setTimeout(() => done(false), MAX_WAIT_MS);
    });
  }
}

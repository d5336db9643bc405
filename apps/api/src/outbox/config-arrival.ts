import { Inject, Injectable } from '@nestjs/common';
import { ConfigTopicReader } from '@fleethook/kafka';
import { ConfigView } from './config-view.js';

/** From the commit to our own view of the topic it takes some 20 ms; a client must not wait for long when it takes longer. */
const MAX_WAIT_MS = 850;
/** The other readers are sent the record when we are; so long one may take longer to apply it. */
const GRACE_MS = 150;

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
    if (!this.#isThere(key, version)) await this.#next(key, version);
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  }

  #isThere(key: string, version: number | undefined): boolean {
    const seen = this.view.get(key)?.version;
    return version === undefined ? seen === undefined : seen !== undefined && seen >= version;
  }

  #next(key: string, version: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const unwatch = this.view.watch(key, () => {
        // What was deleted meanwhile never comes.
        if (this.view.get(key) === undefined || this.#isThere(key, version)) done();
      });
      const timer = setTimeout(done, MAX_WAIT_MS);
    });
  }
}

import { retryDelayOf, retryTopic, type TopicSpec } from '@fleethook/messages';
import type { Schedule } from '@fleethook/retry';

/** One retry topic: what waits there, waits so long. */
export interface Tier {
  readonly delayMs: number;
  /** `5s`, `12h`: in metrics, logs and attempt records. */
  readonly label: string;
  readonly topic: TopicSpec;
}

/** The tiers that the schedule asks for, and those that an earlier schedule left behind. */
export class Tiers {
  readonly #byDelay: ReadonlyMap<number, Tier>;
  readonly #byTopic: Map<string, Tier>;
  readonly #longest: Tier;

  constructor(readonly schedule: Schedule) {
    const tiers = schedule.delaysMs.map(tierOf);
    this.#byDelay = new Map(tiers.map((tier) => [tier.delayMs, tier]));
    this.#byTopic = new Map(tiers.map((tier) => [tier.topic.name, tier]));
    this.#longest = tiers.at(-1) ?? tierOf(schedule.horizonMs);
  }

  /** The schedule's own: where deliveries go. */
  get scheduled(): readonly Tier[] {
    return [...this.#byDelay.values()];
  }

  /** All that are read. */
  get all(): readonly Tier[] {
    return [...this.#byTopic.values()];
  }

  /** Goes on reading tiers that the schedule has no more: deliveries may still wait there. @param topics all that exist */
  adopt(topics: readonly string[]): readonly Tier[] {
    const adopted: Tier[] = [];
    for (const name of topics) {
      const delay = retryDelayOf(name);
      if (delay === undefined || this.#byTopic.has(name)) continue;
      const tier = tierOf(delay.delayMs);
      this.#byTopic.set(name, tier);
      adopted.push(tier);
    }
    return adopted;
  }

  /** @param delayMs one of the schedule's */
  withDelay(delayMs: number): Tier {
    return this.#byDelay.get(delayMs) ?? this.#longest;
  }

  ofTopic(name: string): Tier | undefined {
    return this.#byTopic.get(name);
  }
}

function tierOf(delayMs: number): Tier {
  const topic = retryTopic(delayMs);
  return { delayMs, label: retryDelayOf(topic.name)?.label ?? topic.name, topic };
}

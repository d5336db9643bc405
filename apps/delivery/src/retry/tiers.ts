import { retryTopic, type TopicSpec } from '@fleethook/messages';
import type { Schedule } from '@fleethook/retry';

/** One retry topic: what waits there, waits so long. */
export interface Tier {
  readonly delayMs: number;
  /** `5s`, `12h`: in metrics, logs and attempt records. */
  readonly label: string;
  readonly topic: TopicSpec;
}

const NAME_PREFIX = 'webhook.retry.';

/** The tiers that the schedule asks for, by delay and by topic. */
export class Tiers {
  readonly #byDelay: ReadonlyMap<number, Tier>;
  readonly #byTopic: ReadonlyMap<string, Tier>;
  readonly #longest: Tier;

  constructor(readonly schedule: Schedule) {
    const tiers = schedule.delaysMs.map(tierOf);
    this.#byDelay = new Map(tiers.map((tier) => [tier.delayMs, tier]));
    this.#byTopic = new Map(tiers.map((tier) => [tier.topic.name, tier]));
    this.#longest = tiers.at(-1) ?? tierOf(schedule.horizonMs);
  }

  get all(): readonly Tier[] {
    return [...this.#byDelay.values()];
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
  return { delayMs, label: topic.name.slice(NAME_PREFIX.length), topic };
}

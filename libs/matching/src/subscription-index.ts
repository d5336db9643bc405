import type { EventName, Prn } from '@fleethook/events';
import { EventFacts } from './filter/event-facts.js';
import type { EventPredicate } from './filter/compile-filter.js';

/** What the index needs to know of a webhook; nothing else of it is kept. */
export interface SubscribedWebhook {
  readonly prn: Prn<'webhook'>;
  readonly organization: Prn<'organization'>;
  /** In the underscore form; doubled names count once. */
  readonly enabledEvents: readonly EventName[];
  readonly state: 'enabled' | 'disabled';
  /** Over how many lanes its deliveries are spread, from 1. */
  readonly lanes: number;
  /** Which of the events it named it wants. Default: all. */
  readonly wants?: EventPredicate | undefined;
}

/** One webhook that wants an event. */
export interface Subscription {
  readonly webhook: Prn<'webhook'>;
  readonly lanes: number;
}

interface Entry extends Subscription {
  readonly wants: EventPredicate | undefined;
  /** Where it is entered: nowhere while it is disabled. */
  readonly in: readonly Subscribers[];
  /** Set when it is taken away; the lists that have it forget it when they are next asked. */
  isGone: boolean;
}

const NONE: readonly Entry[] = Object.freeze([]);

/**
 * The webhooks of one organization that named one event, oldest first. Who is gone stays in the list until the list is asked for, or is
 * mostly of those; a list that was handed out is never touched again, but copied before it changes. So a change costs no copy unless a
 * match came since the last one.
 */
class Subscribers {
  #entries: Entry[] = [];
  #isHandedOut = false;
  #gone = 0;
  #filtered = 0;

  constructor(
    readonly organization: Organization,
    readonly name: EventName,
  ) {}

  get isEmpty(): boolean {
    return this.#entries.length === this.#gone;
  }

  get areFiltered(): boolean {
    return this.#filtered > 0;
  }

  get list(): readonly Entry[] {
    if (this.#gone > 0) this.#forgetGone();
    this.#isHandedOut = true;
    return this.#entries;
  }

  add(entry: Entry): void {
    if (this.#isHandedOut) this.#forgetGone();
    this.#entries.push(entry);
    if (entry.wants !== undefined) this.#filtered += 1;
  }

  /** @param entry is gone */
  remove(entry: Entry): void {
    this.#gone += 1;
    if (entry.wants !== undefined) this.#filtered -= 1;
    if (this.#gone * 2 > this.#entries.length) this.#forgetGone();
  }

  /** Leaves the list as it is and makes another. */
  #forgetGone(): void {
    this.#entries = this.#entries.filter(({ isGone }) => !isGone);
    this.#gone = 0;
    this.#isHandedOut = false;
  }
}

interface Organization {
  readonly prn: Prn<'organization'>;
  readonly byName: Map<EventName, Subscribers>;
}

export interface SubscriptionIndexOptions {
  /** So many webhooks had named an event, and their filters kept it from them. */
  readonly onFiltered?: (webhooks: number) => void;
}

/**
 * Which webhooks want an event: organization -> event name -> subscribers -> their filters. A disabled webhook wants none.
 *
 * Made for many more matches than changes. A change costs the number of names it touches, however many webhooks there are; the first
 * match after it makes the list anew, which costs no more than making that many deliveries. Any other match among webhooks without
 * filters is two look-ups and allocates nothing. Only where a webhook has a filter is the event's body parsed, once.
 */
export class SubscriptionIndex {
  readonly #webhooks = new Map<Prn<'webhook'>, Entry>();
  readonly #organizations = new Map<Prn<'organization'>, Organization>();

  constructor(private readonly options: SubscriptionIndexOptions = {}) {}

  /** Webhooks known, the disabled ones too. */
  get size(): number {
    return this.#webhooks.size;
  }

  /** Adds a webhook, or replaces what was known of it. */
  set(webhook: SubscribedWebhook): void {
    this.delete(webhook.prn);
    const names = webhook.state === 'enabled' ? new Set(webhook.enabledEvents) : [];
    const entry: Entry = {
      webhook: webhook.prn,
      lanes: webhook.lanes,
      wants: webhook.wants,
      in: Array.from(names, (name) => this.#subscribers(webhook.organization, name)),
      isGone: false,
    };
    for (const subscribers of entry.in) subscribers.add(entry);
    this.#webhooks.set(webhook.prn, entry);
  }

  /** Forgets a webhook; one that is not known is fine. */
  delete(prn: Prn<'webhook'>): void {
    const entry = this.#webhooks.get(prn);
    if (entry === undefined) return;
    this.#webhooks.delete(prn);
    entry.isGone = true;
    for (const subscribers of entry.in) {
      subscribers.remove(entry);
      if (!subscribers.isEmpty) continue;
      const { organization, name } = subscribers;
      organization.byName.delete(name);
      if (organization.byName.size === 0) this.#organizations.delete(organization.prn);
    }
  }

  clear(): void {
    this.#webhooks.clear();
    this.#organizations.clear();
  }

  /**
   * The webhooks that want the event, oldest first: enabled, of its organization, subscribed to its name, and let through by their filter.
   * The list never changes once answered.
   * @param body the envelope; parsed only if a filter asks
   * @throws MatchingError BODY_NOT_JSON
   */
  match(organization: Prn<'organization'>, name: EventName, body: Buffer): readonly Subscription[] {
    const subscribers = this.#organizations.get(organization)?.byName.get(name);
    if (subscribers === undefined) return NONE;
    const { list } = subscribers;
    if (!subscribers.areFiltered) return list;
    const event = EventFacts.parse(body);
    const wanting = list.filter(({ wants }) => wants === undefined || wants(event));
    if (wanting.length < list.length) this.options.onFiltered?.(list.length - wanting.length);
    return wanting;
  }

  #subscribers(prn: Prn<'organization'>, name: EventName): Subscribers {
    let organization = this.#organizations.get(prn);
    if (organization === undefined) this.#organizations.set(prn, (organization = { prn, byName: new Map() }));
    let subscribers = organization.byName.get(name);
    if (subscribers === undefined) organization.byName.set(name, (subscribers = new Subscribers(organization, name)));
    return subscribers;
  }
}

import type { EventName, Prn } from '@fleethook/events';

/** What the index needs to know of a webhook; a webhook's configuration message has it all. */
export interface SubscribedWebhook {
  readonly prn: Prn<'webhook'>;
  readonly organization: Prn<'organization'>;
  /** In the underscore form; doubled names count once. */
  readonly enabledEvents: readonly EventName[];
  readonly state: 'enabled' | 'disabled';
  /** Over how many lanes its deliveries are spread, from 1. */
  readonly lanes: number;
}

/** One webhook that wants an event. */
export interface Subscription {
  readonly webhook: Prn<'webhook'>;
  readonly lanes: number;
}

const NONE: readonly Subscription[] = Object.freeze([]);

type ByName = Map<EventName, readonly Subscription[]>;

/**
 * Which webhooks want an event: organization -> event name -> subscriptions. A disabled webhook wants none.
 *
 * Made for many more matches than changes: `match` is two map look-ups and allocates nothing; a change copies the lists it touches,
 * so a list that was answered before stays as it was while deliveries are made from it.
 */
export class SubscriptionIndex {
  readonly #webhooks = new Map<Prn<'webhook'>, SubscribedWebhook>();
  readonly #byOrganization = new Map<Prn<'organization'>, ByName>();

  /** Webhooks known, the disabled ones too. */
  get size(): number {
    return this.#webhooks.size;
  }

  /** Adds a webhook, or replaces what was known of it. */
  set(webhook: SubscribedWebhook): void {
    this.delete(webhook.prn);
    this.#webhooks.set(webhook.prn, webhook);
    if (webhook.state === 'disabled') return;
    let byName = this.#byOrganization.get(webhook.organization);
    if (byName === undefined) this.#byOrganization.set(webhook.organization, (byName = new Map()));
    const subscription: Subscription = { webhook: webhook.prn, lanes: webhook.lanes };
    for (const name of new Set(webhook.enabledEvents)) byName.set(name, [...(byName.get(name) ?? NONE), subscription]);
  }

  /** Forgets a webhook; one that is not known is fine. */
  delete(prn: Prn<'webhook'>): void {
    const known = this.#webhooks.get(prn);
    if (known === undefined) return;
    this.#webhooks.delete(prn);
    const byName = this.#byOrganization.get(known.organization);
    if (byName === undefined || known.state === 'disabled') return;
    for (const name of known.enabledEvents) {
      const rest = (byName.get(name) ?? NONE).filter((subscription) => subscription.webhook !== prn);
      if (rest.length > 0) byName.set(name, rest);
      else byName.delete(name);
    }
    if (byName.size === 0) this.#byOrganization.delete(known.organization);
  }

  clear(): void {
    this.#webhooks.clear();
    this.#byOrganization.clear();
  }

  /** The enabled webhooks of the organization that named the event, oldest first. The list never changes once answered. */
  match(organization: Prn<'organization'>, name: EventName): readonly Subscription[] {
    return this.#byOrganization.get(organization)?.get(name) ?? NONE;
  }
}

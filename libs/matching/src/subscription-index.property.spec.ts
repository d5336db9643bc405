import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import * as fc from 'fast-check';
import { EventFacts } from './filter/event-facts.js';
import type { EventPredicate } from './filter/compile-filter.js';
import { SubscriptionIndex, type SubscribedWebhook, type Subscription } from './subscription-index.js';

const organizations = [newOrganizationPrn(), newOrganizationPrn()];
const names = ['device.connected', 'device.updated', 'api_key.created'].map(parseEventName);
// Few webhooks and names, so that steps meet; a webhook may even turn up under another organization.
const prns = Array.from({ length: 4 }, (_, index) =>
  newPrn(organizations[index % 2] ?? newOrganizationPrn(), 'webhook'),
);

/** Two events, told apart by what filters ask for. */
const bodies = [1, 2].map((level) => Buffer.from(JSON.stringify({ level })));
const wantsOnly =
  (level: number): EventPredicate =>
  ({ envelope }) =>
    (envelope as { level: number }).level === level;
const filters = [undefined, wantsOnly(1), wantsOnly(2)];

type Step = { set: SubscribedWebhook } | { delete: Prn<'webhook'> } | { clear: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      set: fc.record({
        prn: fc.constantFrom(...prns),
        organization: fc.constantFrom(...organizations),
        enabledEvents: fc.array(fc.constantFrom(...names), { maxLength: 4 }),
        state: fc.constantFrom('enabled', 'disabled'),
        lanes: fc.integer({ min: 1, max: 3 }),
        wants: fc.constantFrom(...filters),
      }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ delete: fc.constantFrom(...prns) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true as const }) },
);

/** What the index must agree with: all webhooks in a list, filtered at every question. */
class NaiveIndex {
  #webhooks: SubscribedWebhook[] = [];

  apply(one: Step): void {
    if ('clear' in one) this.#webhooks = [];
    else if ('delete' in one) this.#webhooks = this.#webhooks.filter(({ prn }) => prn !== one.delete);
    else this.#webhooks = [...this.#webhooks.filter(({ prn }) => prn !== one.set.prn), one.set];
  }

  match(organization: Prn<'organization'>, name: (typeof names)[number], body: Buffer): unknown[] {
    return this.#webhooks
      .filter((webhook) => webhook.state === 'enabled' && webhook.organization === organization)
      .filter((webhook) => webhook.enabledEvents.includes(name))
      .filter(({ wants }) => wants === undefined || wants(EventFacts.parse(body)))
      .map(({ prn, lanes }) => ({ webhook: prn, lanes }));
  }
}

const plain = (list: readonly Subscription[]): unknown[] => list.map(({ webhook, lanes }) => ({ webhook, lanes }));

describe('SubscriptionIndex, whatever is set and deleted in whatever order', () => {
  it('answers what a naive filter over all webhooks answers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const index = new SubscriptionIndex();
        const naive = new NaiveIndex();
        for (const one of steps) {
          if ('clear' in one) index.clear();
          else if ('delete' in one) index.delete(one.delete);
          else index.set(one.set);
          naive.apply(one);
          for (const organization of organizations)
            for (const name of names)
              for (const body of bodies)
                expect(plain(index.match(organization, name, body))).toEqual(naive.match(organization, name, body));
        }
      }),
      { numRuns: 300 },
    );
  });
});

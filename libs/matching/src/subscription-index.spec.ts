import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { EventPredicate } from './filter/compile-filter.js';
import { MatchingError } from './matching-error.js';
import { SubscriptionIndex, type SubscribedWebhook } from './subscription-index.js';

const organization = newOrganizationPrn();
const BODY = Buffer.from('{"version":1}');
const CONNECTED = parseEventName('device.connected');
const UPDATED = parseEventName('device.updated');

function webhook(changes: Partial<SubscribedWebhook> = {}): SubscribedWebhook {
  const prn = newPrn(organization, 'webhook');
  return { prn, organization, enabledEvents: [CONNECTED], state: 'enabled', lanes: 1, ...changes };
}

describe('SubscriptionIndex', () => {
  it('answers the webhooks that named the event, with their lanes', () => {
    const index = new SubscriptionIndex();
    const [first, second] = [webhook(), webhook({ lanes: 4, enabledEvents: [UPDATED, CONNECTED] })];
    index.set(first);
    index.set(second);
    expect(index.match(organization, CONNECTED, BODY)).toMatchObject([
      { webhook: first.prn, lanes: 1 },
      { webhook: second.prn, lanes: 4 },
    ]);
    expect(index.match(organization, UPDATED, BODY)).toMatchObject([{ webhook: second.prn, lanes: 4 }]);
  });

  it("never answers another organization's webhook", () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    expect(index.match(newOrganizationPrn(), CONNECTED, BODY)).toEqual([]);
  });

  it('leaves a disabled webhook out until it is enabled again', () => {
    const index = new SubscriptionIndex();
    const one = webhook();
    index.set(one);
    index.set({ ...one, state: 'disabled' });
    expect(index.match(organization, CONNECTED, BODY)).toEqual([]);
    index.set(one);
    expect(index.match(organization, CONNECTED, BODY)).toHaveLength(1);
  });

  it('takes a doubled name once', () => {
    const index = new SubscriptionIndex();
    index.set(webhook({ enabledEvents: [CONNECTED, CONNECTED] }));
    expect(index.match(organization, CONNECTED, BODY)).toHaveLength(1);
  });

  it('leaves a list alone that it has answered', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    const answered = index.match(organization, CONNECTED, BODY);
    index.set(webhook());
    expect(answered).toHaveLength(1);
    expect(index.match(organization, CONNECTED, BODY)).toHaveLength(2);
  });

  it('answers the same list to the same question: a match allocates nothing', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    expect(index.match(organization, CONNECTED, BODY)).toBe(index.match(organization, CONNECTED, BODY));
    expect(index.match(organization, UPDATED, BODY)).toBe(index.match(newOrganizationPrn(), CONNECTED, BODY));
  });

  it('forgets everything at once', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    index.clear();
    expect(index.size).toBe(0);
    expect(index.match(organization, CONNECTED, BODY)).toEqual([]);
  });
});

const body = (level: number): Buffer => Buffer.from(JSON.stringify({ level }));
const above =
  (limit: number): EventPredicate =>
  ({ envelope }) =>
    (envelope as { level: number }).level > limit;

describe('a webhook with a filter', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gets what its filter lets through; its neighbours get everything', () => {
    const onFiltered = jest.fn<(webhooks: number) => void>();
    const index = new SubscriptionIndex({ onFiltered });
    const [all, some, few] = [webhook(), webhook({ wants: above(5) }), webhook({ wants: above(50) })];
    for (const one of [few, all, some]) index.set(one);
    const wanting = (level: number): string[] =>
      index.match(organization, CONNECTED, body(level)).map((subscription) => subscription.webhook);
    expect(wanting(1)).toEqual([all.prn]);
    expect(wanting(10)).toEqual([all.prn, some.prn]);
    expect(wanting(100)).toEqual([few.prn, all.prn, some.prn]);
    expect(onFiltered.mock.calls).toEqual([[2], [1]]);
    index.set({ ...few, wants: undefined });
    expect(wanting(1)).toEqual([all.prn, few.prn]);
    index.delete(some.prn);
    expect(wanting(10)).toEqual([all.prn, few.prn]);
  });

  it('has the body parsed once, and only when it named the event', () => {
    const index = new SubscriptionIndex();
    for (let webhooks = 0; webhooks < 10; webhooks++) index.set(webhook({ wants: above(0) }));
    index.set(webhook({ enabledEvents: [UPDATED] }));
    const parse = jest.spyOn(JSON, 'parse');
    index.match(organization, UPDATED, body(1));
    index.match(newOrganizationPrn(), CONNECTED, body(1));
    expect(parse).toHaveBeenCalledTimes(0);
    index.match(organization, CONNECTED, body(1));
    expect(parse).toHaveBeenCalledTimes(1);
  });

  it('cannot be matched with a body that is no JSON; one without a filter can', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    expect(index.match(organization, CONNECTED, Buffer.from('{'))).toHaveLength(1);
    index.set(webhook({ wants: above(0) }));
    expect(() => index.match(organization, CONNECTED, Buffer.from('{'))).toThrow(MatchingError);
  });
});

/** Milliseconds each, to add so many webhooks of one organization that name one event, and to take them away. */
function took(webhooks: number): number {
  const index = new SubscriptionIndex();
  const all = Array.from({ length: webhooks }, () => webhook());
  const startedAtMs = performance.now();
  for (const one of all) index.set(one);
  for (const one of all) index.delete(one.prn);
  return (performance.now() - startedAtMs) / webhooks;
}

describe('among 100,000 webhooks', () => {
  it('only the filters of the organization that named the event are asked', () => {
    let asked = 0;
    const wants: EventPredicate = () => {
      asked += 1;
      return asked % 10 === 0;
    };
    const index = new SubscriptionIndex();
    const organizations = Array.from({ length: 1_000 }, newOrganizationPrn);
    for (const one of organizations)
      for (let webhooks = 0; webhooks < 100; webhooks++)
        index.set({
          prn: newPrn(one, 'webhook'),
          organization: one,
          enabledEvents: [webhooks < 40 ? CONNECTED : UPDATED],
          state: 'enabled',
          lanes: 1,
          wants,
        });
    expect(index.size).toBe(100_000);
    expect(index.match(organizations[17] ?? organization, CONNECTED, BODY)).toHaveLength(4);
    expect(asked).toBe(40);
  });

  it('adding and taking away one costs the same, though all are of one organization and name one event', () => {
    took(10_000);
    // Copying the list at every change would make it a hundred times.
    expect(took(100_000) / took(1_000)).toBeLessThan(20);
  });
});

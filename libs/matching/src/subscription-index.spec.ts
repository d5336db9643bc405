import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { SubscriptionIndex, type SubscribedWebhook } from './subscription-index.js';

const organization = newOrganizationPrn();
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
    expect(index.match(organization, CONNECTED)).toEqual([
      { webhook: first.prn, lanes: 1 },
      { webhook: second.prn, lanes: 4 },
    ]);
    expect(index.match(organization, UPDATED)).toEqual([{ webhook: second.prn, lanes: 4 }]);
  });

  it("never answers another organization's webhook", () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    expect(index.match(newOrganizationPrn(), CONNECTED)).toEqual([]);
  });

  it('leaves a disabled webhook out until it is enabled again', () => {
    const index = new SubscriptionIndex();
    const one = webhook();
    index.set(one);
    index.set({ ...one, state: 'disabled' });
    expect(index.match(organization, CONNECTED)).toEqual([]);
    index.set(one);
    expect(index.match(organization, CONNECTED)).toHaveLength(1);
  });

  it('takes a doubled name once', () => {
    const index = new SubscriptionIndex();
    index.set(webhook({ enabledEvents: [CONNECTED, CONNECTED] }));
    expect(index.match(organization, CONNECTED)).toHaveLength(1);
  });

  it('leaves a list alone that it has answered', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    const answered = index.match(organization, CONNECTED);
    index.set(webhook());
    expect(answered).toHaveLength(1);
    expect(index.match(organization, CONNECTED)).toHaveLength(2);
  });

  it('answers the same list to the same question: a match allocates nothing', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    expect(index.match(organization, CONNECTED)).toBe(index.match(organization, CONNECTED));
    expect(index.match(organization, UPDATED)).toBe(index.match(newOrganizationPrn(), CONNECTED));
  });

  it('forgets everything at once', () => {
    const index = new SubscriptionIndex();
    index.set(webhook());
    index.clear();
    expect(index.size).toBe(0);
    expect(index.match(organization, CONNECTED)).toEqual([]);
  });
});

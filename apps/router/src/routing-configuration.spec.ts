import { describe, expect, it } from '@jest/globals';
import { EventTypes, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { SubscriptionIndex } from '@fleethook/matching';
import { configKey, type EventTypeConfig, type WebhookConfig } from '@fleethook/messages';
import { RoutingConfiguration } from './routing-configuration.js';

const organization = newOrganizationPrn();
const name = parseEventName('pump.overheated');
const webhook: WebhookConfig = {
  v: 1,
  kind: 'webhook',
  version: 1,
  prn: newPrn(organization, 'webhook'),
  organization,
  url: 'https://receiver.example/',
  enabledEvents: [name],
  state: 'enabled',
  secrets: [],
  lanes: 2,
};
const eventType: EventTypeConfig = {
  v: 1,
  kind: 'event_type',
  version: 1,
  organization,
  name,
  schema: { type: 'object' },
};

function configuration() {
  const subscriptions = new SubscriptionIndex();
  const types = new EventTypes();
  const routing = new RoutingConfiguration(subscriptions, types);
  for (const message of [webhook, eventType]) routing.onChange(configKey(message), message);
  return {
    routing,
    matches: () => subscriptions.match(organization, name).length,
    isRegistered: () => typeof types.find(organization, name) === 'object',
  };
}

describe('RoutingConfiguration', () => {
  it('knows webhooks and registered event types', () => {
    const { matches, isRegistered } = configuration();
    expect([matches(), isRegistered()]).toEqual([1, true]);
  });

  it('forgets what a tombstone names, and only that', () => {
    const { routing, matches, isRegistered } = configuration();
    routing.onRemove(configKey(webhook));
    expect([matches(), isRegistered()]).toEqual([0, true]);
    routing.onRemove(configKey(eventType));
    expect([matches(), isRegistered()]).toEqual([0, false]);
  });

  it('passes over what it has never heard of', () => {
    const { routing, matches, isRegistered } = configuration();
    routing.onRemove(newPrn(organization, 'webhook'));
    routing.onRemove(newPrn(organization, 'api_key'));
    expect([matches(), isRegistered()]).toEqual([1, true]);
  });

  it('forgets all when the topic was made anew', () => {
    const { routing, matches, isRegistered } = configuration();
    routing.onReset();
    expect([matches(), isRegistered()]).toEqual([0, false]);
  });
});

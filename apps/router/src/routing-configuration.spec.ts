import { describe, expect, it } from '@jest/globals';
import { EventTypes, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { SubscriptionIndex } from '@fleethook/matching';
import { createLog, createMetrics } from '@fleethook/observability';
import { configKey, type EventTypeConfig, type WebhookConfig } from '@fleethook/messages';
import { RoutingConfiguration } from './routing-configuration.js';

const organization = newOrganizationPrn();
const name = parseEventName('pump.overheated');
const body = (level: number): Buffer => Buffer.from(JSON.stringify({ data: { data: { level } } }));
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
  const metrics = createMetrics();
  const log = createLog({ app: 'test', level: 'silent', format: 'json' });
  const routing = new RoutingConfiguration(subscriptions, types, log, metrics);
  for (const message of [webhook, eventType]) routing.onChange(configKey(message), message);
  return {
    routing,
    matches: (level = 1) => subscriptions.match(organization, name, body(level)).length,
    unreadable: async () => (await metrics.configUnreadable.get()).values[0]?.value ?? 0,
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

  it('honours a filter, from its change on', () => {
    const { routing, matches } = configuration();
    const change = (filter: WebhookConfig['filter'], version: number): void =>
      routing.onChange(configKey(webhook), { ...webhook, version, ...(filter && { filter }) });
    change({ where: { pointer: '/data/data/level', gt: 5 } }, 2);
    expect([matches(1), matches(9)]).toEqual([0, 1]);
    change({ where: { pointer: '/data/data/level', lt: 5 } }, 3);
    expect([matches(1), matches(9)]).toEqual([1, 0]);
    change(undefined, 4);
    expect([matches(1), matches(9)]).toEqual([1, 1]);
  });

  it('lets everything through a filter that it cannot read, and counts it', async () => {
    const { routing, matches, unreadable } = configuration();
    routing.onChange(configKey(webhook), {
      ...webhook,
      version: 2,
      filter: { where: { pointer: '/data/data/level', between: [1, 2] } },
    });
    expect(matches(9)).toBe(1);
    expect(await unreadable()).toBe(1);
  });

  it('forgets all when the topic was made anew', () => {
    const { routing, matches, isRegistered } = configuration();
    routing.onReset();
    expect([matches(), isRegistered()]).toEqual([0, false]);
  });
});

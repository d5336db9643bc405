import {
  newOrganizationPrn,
  newPrn,
  organizationOf,
  parseEventName,
  type EventName,
  type Prn,
} from '@fleethook/events';
import { deferredFilter, SubscriptionIndex, type EventPredicate } from '@fleethook/matching';
import { benchBody } from '../bodies.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const WEBHOOKS_EACH = 100;
const MATCHING_EACH = 10;
const EVENTS = 20_000;
const ROUNDS = 15;
const NAMED = parseEventName('device.claimed_release');
const OTHER = parseEventName('device.connected');

type WebhookOf = (index: number) => { name: EventName; wants: EventPredicate | undefined };

const byName: WebhookOf = (index) => ({ name: index < MATCHING_EACH ? NAMED : OTHER, wants: undefined });
const byFilter: WebhookOf = (index) => ({ name: NAMED, wants: filterOf(index < MATCHING_EACH) });

/** One event among very many webhooks, against among few, when the same number of them want it. */
export function matching(organizations: number): Figure[] {
  return [
    compare('matching by name', organizations, byName),
    compare('matching by name and filter', organizations, byFilter),
  ];
}

function compare(what: string, organizations: number, webhookOf: WebhookOf): Figure {
  const [few, many] = [world(1, webhookOf), world(organizations, webhookOf)];
  let [reference, measured] = [Infinity, Infinity];
  // By turns, and the least of each: what else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round++) {
    reference = Math.min(reference, nanosecondsEach(few));
    measured = Math.min(measured, nanosecondsEach(many));
  }
  return {
    name: `${what}, ${(organizations * WEBHOOKS_EACH).toLocaleString('en')} webhooks`,
    unit: 'CPU-ns/event',
    measured,
    reference,
    referenceName: `${WEBHOOKS_EACH} webhooks`,
    bound: floorOf('matching'),
  };
}

interface World {
  readonly index: SubscriptionIndex;
  readonly events: readonly { readonly prn: Prn<'event'>; readonly body: Buffer }[];
}

/** The events are of one of the organizations. */
function world(organizations: number, webhookOf: WebhookOf): World {
  const index = new SubscriptionIndex();
  const prns = Array.from({ length: organizations }, newOrganizationPrn);
  for (const organization of prns) {
    for (let each = 0; each < WEBHOOKS_EACH; each++) {
      const { name, wants } = webhookOf(each);
      const prn = newPrn(organization, 'webhook');
      index.set({ prn, organization, enabledEvents: [name], state: 'enabled', lanes: 1, wants });
    }
  }
  const publisher = prns[Math.floor(organizations / 2)] ?? newOrganizationPrn();
  const events = Array.from({ length: EVENTS }, (_, event) => ({
    prn: newPrn(publisher, 'event'),
    body: benchBody(event),
  }));
  return { index, events };
}

function nanosecondsEach({ index, events }: World): number {
  const before = process.cpuUsage();
  let wanting = 0;
  for (const { prn, body } of events) wanting += index.match(organizationOf(prn), NAMED, body).length;
  const { user, system } = process.cpuUsage(before);
  if (wanting !== EVENTS * MATCHING_EACH) throw new Error(`${wanting} matches: the figure would mean nothing`);
  return ((user + system) * 1_000) / events.length;
}

function filterOf(passes: boolean): EventPredicate {
  const version = passes ? '1.4' : '1.5';
  const where = {
    and: [
      { pointer: '/data/data/release/version', prefix: version },
      { not: { pointer: '/data/data/device/identifier', eq: 'none' } },
    ],
  };
  return deferredFilter({ where }, () => undefined);
}

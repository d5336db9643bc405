import { randomBytes } from 'node:crypto';
import { newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import { encodeConfig, encodeEvent, TOPICS, type RecordToSend, type SecretSealer } from '@fleethook/messages';
import { benchBody } from '../bodies.js';
import type { Sink } from '../bench-process.js';
import { BenchWorld, until, type BenchApp } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const WEBHOOKS_EACH = 100;
const MATCHING_EACH = 10;
const WARM_UP = 3_000;
const NAMED = parseEventName('device.claimed_release');
const OTHER = parseEventName('device.connected');

/**
 * The router's CPU for an event, one after another of another organization, with very many webhooks and with few. Each event makes the
 * same number of deliveries, but asks for memory that no cache holds any more.
 */
export async function routing(
  services: { kafkaBrokers: readonly string[]; databaseUrl: string },
  logFolder: string,
  sink: Sink,
  options: { organizations: number; events: number },
): Promise<Figure> {
  const { organizations, events } = options;
  const [reference, measured] = [
    await microsecondsEach(services, logFolder, sink, 1, events),
    await microsecondsEach(services, logFolder, sink, organizations, events),
  ];
  return {
    name: `apps/router, 1 -> ${MATCHING_EACH}, ${(organizations * WEBHOOKS_EACH).toLocaleString('en')} webhooks`,
    unit: 'CPU-us/event',
    measured,
    reference,
    referenceName: `${WEBHOOKS_EACH} webhooks`,
    bound: floorOf('matching'),
  };
}

async function microsecondsEach(
  services: { kafkaBrokers: readonly string[]; databaseUrl: string },
  logFolder: string,
  sink: Sink,
  organizations: number,
  events: number,
): Promise<number> {
  await using world = await BenchWorld.create(services, logFolder);
  const prns = Array.from({ length: organizations }, newOrganizationPrn);
  await world.publishConfiguration(prns.flatMap((organization) => webhooksOf(organization, world.sealer)));
  const router = await world.start('router', sink.caFile);
  const routed = async (count: number): Promise<void> => {
    await world.produce(TOPICS.events.name, eventsOf(prns, count));
  };
  await routed(WARM_UP);
  await until(async () => (await matchedBy(router)) >= WARM_UP, 120_000, 'the warm-up is routed');
  const before = world.cpuSeconds();
  await routed(events);
  await until(async () => (await matchedBy(router)) >= WARM_UP + events, 300_000, 'all is routed');
  return ((world.cpuSeconds() - before) * 1e6) / events;
}

function webhooksOf(organization: Prn<'organization'>, sealer: SecretSealer): RecordToSend[] {
  return Array.from({ length: WEBHOOKS_EACH }, (_, index) => {
    const prn = newPrn(organization, 'webhook');
    return encodeConfig({
      v: 1,
      kind: 'webhook',
      version: 1,
      prn,
      organization,
      url: `https://receivers.example.com/${index}`,
      enabledEvents: [index < MATCHING_EACH ? NAMED : OTHER],
      state: 'enabled',
      secrets: [{ sealed: sealer.seal(randomBytes(16), prn) }],
      lanes: 1,
    });
  });
}

function* eventsOf(organizations: readonly Prn<'organization'>[], count: number): Generator<RecordToSend> {
  for (let index = 0; index < count; index++) {
    const organization = organizations[index % organizations.length] ?? newOrganizationPrn();
    const event = newPrn(organization, 'event');
    yield encodeEvent({ event, name: NAMED, acceptedAtMs: Date.now(), body: benchBody(index) }, event);
  }
}

async function matchedBy(router: BenchApp): Promise<number> {
  const text = await (await fetch(`${router.url}/metrics`)).text();
  return Number(/fleethook_router_events_total\{result="matched"\} (\d+)/.exec(text)?.[1] ?? 0);
}

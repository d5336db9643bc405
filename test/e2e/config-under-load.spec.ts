import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventFlow, type PostedEvent } from '../support/event-flow.js';
import { eventually } from '../support/eventually.js';
import { Receiver, type ReceivedRequest } from '../support/receiver.js';
import { signatureFaults } from '../support/signature-check.js';
import { World, type CreatedWebhook } from '../support/world.js';

const EVENTS_PER_SECOND = 200;
/** How long after its acknowledgement a change may still not be known everywhere. */
const BOUND_MS = 2_000;
/** What was begun before may still be on its way to the receiver. */
const ON_THE_WAY_MS = 2_000;
const OVERLAP_SECONDS = 8;

const name = ['device.claimed_release'];
const only = (identifier: string) => ({ where: { pointer: '/data/data/device/identifier', eq: identifier } });

const isOdd = ({ identifier }: PostedEvent): boolean => identifier === 'odd';

function fits(request: ReceivedRequest, secret: string): boolean {
  return signatureFaults(request.headers, request.body, [secret]).length === 0;
}

describe('while events flow', () => {
  let world: World;
  let receiver: Receiver;
  let flow: EventFlow;

  beforeAll(async () => {
    world = await World.create({ apps: ['ingest', 'router', 'delivery'] });
    receiver = await Receiver.listen();
    await world.createWebhook(receiver, '/steady', name);
  });
  afterAll(async () => {
    await receiver.close();
    await world[Symbol.asyncDispose]();
  });

  it('webhooks are created, changed, disabled, enabled, deleted and rolled, and no other one notices', async () => {
    const [disabled, deleted, rolled, filtered] = [
      await world.createWebhook(receiver, '/disabled', name),
      await world.createWebhook(receiver, '/deleted', name),
      await world.createWebhook(receiver, '/rolled', name),
      await world.createWebhook(receiver, '/filtered', name),
    ];
    await patch(filtered, { filter: only('even') });
    flow = new EventFlow(world, await world.organization(), EVENTS_PER_SECOND);
    await posted(3 * EVENTS_PER_SECOND);

    const created = await world.createWebhook(receiver, '/created', name);
    const createdAtMs = Date.now();
    const rolling = await roll(rolled);
    const disabledAtMs = await patch(disabled, { state: 'disabled' });
    const refilteredAtMs = await patch(filtered, { filter: only('odd') });
    expect((await world.call('DELETE', `/webhooks/${deleted.prn}`)).status).toBe(204);
    const deletedAtMs = Date.now();
    await postedUntil(deletedAtMs + 3 * BOUND_MS);

    const enablingAtMs = Date.now();
    const enabledAtMs = await patch(disabled, { state: 'enabled' });
    await postedUntil(Math.max(enabledAtMs + 2 * BOUND_MS, rolling.expiresAtMs + 2 * BOUND_MS));
    await flow.stop();

    await delivered('/steady', flow.posted);
    await delivered('/rolled', flow.posted);
    await delivered('/created', flow.between(createdAtMs));
    await delivered('/disabled', flow.between(enabledAtMs + BOUND_MS));
    await delivered('/filtered', flow.between(refilteredAtMs + BOUND_MS).filter(isOdd));

    // Nobody killed anything: not one may have come twice.
    for (const path of ['/steady', '/rolled', created.path]) expect(repeats(path)).toEqual([]);
    expect(after('/deleted', deletedAtMs)).toEqual([]);
    expect(after('/disabled', disabledAtMs).filter(({ receivedAtMs }) => receivedAtMs < enablingAtMs)).toEqual([]);
    const evenToo = flow.between(refilteredAtMs + BOUND_MS).filter((event) => !isOdd(event));
    expect(evenToo.length).toBeGreaterThan(0);
    expect(evenToo.filter(({ prn }) => arrived('/filtered').has(prn))).toEqual([]);
    expect(receiver.badSignatures).toEqual([]);
    expectRolled(rolling);
  });

  interface Rolling {
    readonly secrets: readonly [string, string];
    readonly rolledAtMs: number;
    readonly expiresAtMs: number;
  }

  async function roll(webhook: CreatedWebhook): Promise<Rolling> {
    const askedAtMs = Date.now();
    const reply = await world.call<{ webhook: { secret: string } }>('POST', `/webhooks/${webhook.prn}/roll_secret`, {
      webhook_ttl: OVERLAP_SECONDS,
    });
    expect(reply.status).toBe(200);
    const secrets = [webhook.secret, reply.body.webhook.secret] as const;
    receiver.expectSignatures(webhook.path, secrets);
    return { secrets, rolledAtMs: Date.now(), expiresAtMs: askedAtMs + OVERLAP_SECONDS * 1_000 };
  }

  /** Told by when they were signed, in whole seconds: the receiver may get them later. */
  function expectRolled({ secrets: [old, fresh], rolledAtMs, expiresAtMs }: Rolling): void {
    const during = rolledSignedIn(rolledAtMs + BOUND_MS, expiresAtMs);
    const afterwards = rolledSignedIn(expiresAtMs + BOUND_MS, Infinity);
    expect(Math.min(during.length, afterwards.length)).toBeGreaterThan(0);
    expect(during.filter((request) => !fits(request, old) || !fits(request, fresh))).toEqual([]);
    expect(afterwards.filter((request) => fits(request, old) || !fits(request, fresh))).toEqual([]);
  }

  function rolledSignedIn(fromMs: number, toMs: number): ReceivedRequest[] {
    return receiver.requests.filter(({ path, headers }) => {
      const signedAtMs = Date.parse(String(headers['peridio-published-at']));
      return path === '/rolled' && signedAtMs >= fromMs && signedAtMs + 1_000 <= toMs;
    });
  }

  /** @returns when it was acknowledged */
  async function patch(webhook: CreatedWebhook, body: object): Promise<number> {
    const reply = await world.call('PATCH', `/webhooks/${webhook.prn}`, body);
    expect(reply.status).toBe(200);
    return Date.now();
  }

  async function posted(count: number): Promise<void> {
    await eventually(() => expect(flow.posted.length).toBeGreaterThan(count), within(60_000));
  }

  async function postedUntil(atMs: number): Promise<void> {
    await eventually(() => expect(flow.posted.at(-1)?.postedAtMs).toBeGreaterThan(atMs), within(60_000));
  }

  async function delivered(path: string, events: readonly PostedEvent[]): Promise<void> {
    expect(events.length).toBeGreaterThan(0);
    await eventually(() => {
      const there = arrived(path);
      const missing = events.filter(({ prn }) => !there.has(prn));
      if (missing.length > 0) throw new Error(`${missing.length} of ${events.length} are not at ${path}`);
    }, within(60_000));
  }

  const within = (withinMs: number) => ({ withinMs, explain: () => world.explain() });
  const eventsAt = (path: string): string[] => receiver.prns(path).filter((prn) => own().has(prn));
  const own = (): ReadonlySet<string> => new Set(flow.posted.map(({ prn }) => prn));
  const arrived = (path: string): ReadonlySet<string> => new Set(receiver.prns(path));

  function repeats(path: string): string[] {
    const seen = new Set<string>();
    return eventsAt(path).filter((prn) => seen.size === seen.add(prn).size);
  }

  function after(path: string, acknowledgedAtMs: number): ReceivedRequest[] {
    const from = acknowledgedAtMs + BOUND_MS + ON_THE_WAY_MS;
    return receiver.requests.filter((request) => request.path === path && request.receivedAtMs > from);
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Prn } from '@fleethook/events';
import { eventually } from '../support/eventually.js';
import { hang, ok, Receiver, status } from '../support/receiver.js';
import { World } from '../support/world.js';

const EVENTS = 400;
const BATCH = 20;
const RATE_PER_SECOND = 20;
const HEALTHY = ['/healthy-1', '/healthy-2', '/healthy-3', '/healthy-4', '/healthy-5', '/healthy-6', '/healthy-7'];

describe('one endpoint among ten', () => {
  let world: World;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.listen();
    world = await World.create({
      apps: ['ingest', 'router', 'delivery'],
      environment: {
        // Long enough for a burst of handshakes on a busy machine: what is healthy must not look as if it hung.
        DELIVERY_TIMEOUT: '10s',
        // A tier as long as a breaker is open, and a horizon beyond what follows.
        RETRY_SCHEDULE: '500ms,2s,30s',
        RETRY_HORIZON: '30m',
      },
    });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await receiver.close();
  });

  const within = (withinMs: number) => ({ withinMs, explain: () => world.explain() });
  const requestsOf = (path: string, prns: ReadonlySet<string>) =>
    receiver.requests.filter(
      (request) => request.path === path && prns.has(String(request.headers['webhook-id'] ?? '')),
    );
  const arrivedAt = (path: string, prns: ReadonlySet<string>): number =>
    new Set(requestsOf(path, prns).map(({ headers }) => headers['webhook-id'])).size;

  async function flood(): Promise<{ prns: ReadonlySet<string>; startedAtMs: number }> {
    const prns: Prn<'event'>[] = (await world.ledger()).issue(EVENTS);
    const startedAtMs = Date.now();
    for (let from = 0; from < EVENTS; from += BATCH) await world.post(prns.slice(from, from + BATCH));
    return { prns: new Set(prns), startedAtMs };
  }

  /** @returns how long it took until each had all, milliseconds */
  async function untilAllHealthy(prns: ReadonlySet<string>, startedAtMs: number): Promise<number> {
    await eventually(() => {
      expect(HEALTHY.map((path) => arrivedAt(path, prns))).toEqual(HEALTHY.map(() => EVENTS));
    }, within(60_000));
    const ends = HEALTHY.flatMap((path) => requestsOf(path, prns).map(({ receivedAtMs }) => receivedAtMs));
    return Math.max(...ends) - startedAtMs;
  }

  it('that hangs, fails or is flooded harms nobody else, and gets everything in the end (promise 5)', async () => {
    for (const path of HEALTHY) await world.createWebhook(receiver, path);
    const spare = [];
    for (const path of ['/spare-1', '/spare-2', '/spare-3']) spare.push(await world.createWebhook(receiver, path));
    const before = await flood();
    const withoutMs = await untilAllHealthy(before.prns, before.startedAtMs);
    for (const { prn } of spare) await world.call('DELETE', `/webhooks/${prn}`);

    for (const path of ['/hanging', '/failing']) await world.createWebhook(receiver, path);
    const limited = await world.createWebhook(receiver, '/flooded', undefined, { rate_per_second: RATE_PER_SECOND });
    receiver.answer('/hanging', [hang()]);
    receiver.answer('/failing', [status(503)]);
    const { prns, startedAtMs } = await flood();
    const withMs = await untilAllHealthy(prns, startedAtMs);
    expect(withMs).toBeLessThan(withoutMs * 4);
    // They were through while the others had hardly begun.
    for (const path of ['/hanging', '/failing']) expect(requestsOf(path, prns).length).toBeLessThan(EVENTS / 2);
    expect(arrivedAt('/flooded', prns)).toBeLessThan(EVENTS);

    const delivery = world.app('delivery');
    await eventually(
      async () => expect(await delivery.metric('fleethook_delivery_open_breakers')).toBe(2),
      within(20_000),
    );
    receiver.answer('/hanging', [ok()]);
    receiver.answer('/failing', [ok()]);
    for (const path of ['/flooded', '/failing', '/hanging']) {
      await eventually(
        () =>
          expect(receiver.answered(path, 200).filter(isOf(prns)).map(prnOf).toSorted()).toEqual([...prns].toSorted()),
        within(120_000),
      );
    }
    await eventually(
      async () => expect(await delivery.metric('fleethook_delivery_open_breakers')).toBe(0),
      within(30_000),
    );

    // Deferrals use up no attempt: an endpoint has seen every attempt that is counted.
    for (const path of ['/failing', '/flooded', ...HEALTHY]) {
      const seen = new Map<string, number>();
      for (const request of requestsOf(path, prns)) {
        const nth = (seen.get(prnOf(request)) ?? 0) + 1;
        seen.set(prnOf(request), nth);
        expect([path, request.headers['fleethook-attempt']]).toEqual([path, String(nth)]);
      }
    }
    expect(requestsOf('/failing', prns).length).toBeLessThan(EVENTS * 1.5);
    // By the second in which each was signed: where they arrive, a process that stood still takes several seconds' worth at once.
    const signedIn = requestsOf('/flooded', prns).map(({ headers }) => String(headers['webhook-timestamp']));
    const mostInASecond = Math.max(
      ...[...Map.groupBy(signedIn, (second) => second).values()].map(({ length }) => length),
    );
    // So many a lane may begin when its timer was late: docs/isolation.md.
    expect(mostInASecond).toBeLessThanOrEqual(1.05 * RATE_PER_SECOND + 1);
    for (const reason of ['rate_limited', 'breaker_open'])
      expect(await delivery.metric(`fleethook_delivery_deferred_total{reason="${reason}"}`)).toBeGreaterThan(0);
    expect(delivery.events('webhook.breaker_opened').length).toBeGreaterThanOrEqual(2);
    expect(delivery.events('webhook.breaker_closed')).toHaveLength(2);
    expect(JSON.stringify(delivery.events('webhook.breaker_opened'))).not.toContain(limited.prn);
    expect(receiver.badSignatures).toEqual([]);
  });
});

const prnOf = ({ headers }: { headers: Record<string, unknown> }): string => String(headers['webhook-id']);
const isOf = (prns: ReadonlySet<string>) => (request: { headers: Record<string, unknown> }) => prns.has(prnOf(request));

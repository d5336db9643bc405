import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import type { EventMessage } from '@fleethook/messages';
import { eventFact, EventWriter, type EventFact, type EventWriteResult } from '@fleethook/store';
import * as fc from 'fast-check';
import { eventMessage } from '../../support/facts.js';
import { HistoryWorld } from './history-world.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_MS = 30 * DAY_MS;

let world: HistoryWorld;
let writer: EventWriter;
beforeAll(async () => {
  world = await HistoryWorld.create();
  writer = new EventWriter(world.store, world.partitions);
});
afterAll(() => world[Symbol.asyncDispose]());

function write(...facts: EventFact[]): Promise<EventWriteResult> {
  return writer.write(facts, { nowMs: Date.now(), retentionMs: RETENTION_MS });
}

const uuidOf = (prn: string): string => prn.slice(-36);

async function countsOf(organization: Prn<'organization'>): Promise<Record<string, number>> {
  const rows = await world.database.query<{ key: string; events: number }>(
    'SELECT key, sum(events)::int AS events FROM event_counts WHERE organization = $1 GROUP BY key',
    [uuidOf(organization)],
  );
  return Object.fromEntries(rows.map(({ key, events }) => [key, events]));
}

describe('writing events', () => {
  it('ends with each event once, found and counted once, whatever the order, the batches and the repeats', async () => {
    const accepted = fc.record({ event: fc.nat({ max: 5 }), hour: fc.nat({ max: 20 }), tagged: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(accepted, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, batchSize) => {
          const organization = newOrganizationPrn();
          const names = Array.from({ length: 6 }, () => newPrn(organization, 'event'));
          const baseMs = Date.now() - DAY_MS;
          const facts = steps.map(({ event, hour, tagged }) => {
            const payload = { device: { prn: newPrn(organization, 'device'), tags: tagged ? ['t'] : [] } };
            const acceptedAtMs = baseMs + hour * HOUR_MS;
            return eventFact(eventMessage({ event: names[event], acceptedAtMs, payload }));
          });
          const rest = [...facts, ...facts];
          while (rest.length > 0) await write(...rest.splice(0, batchSize));
          const rows = await world.database.query<{ event: string; tags: string[] | null }>(
            'SELECT event, tags FROM events WHERE organization = $1',
            [uuidOf(organization)],
          );
          const wanted = new Set(facts.map((fact) => uuidOf(fact.event)));
          expect(rows.map(({ event }) => event).toSorted()).toEqual([...wanted].toSorted());
          const tagged = rows.filter(({ tags }) => tags !== null).length;
          expect(await countsOf(organization)).toEqual({
            'device.connected': wanted.size,
            ...(tagged === 0 ? {} : { t: tagged }),
          });
          const tags = await world.database.query('SELECT 1 FROM event_tags WHERE organization = $1', [
            uuidOf(organization),
          ]);
          expect(tags).toHaveLength(tagged);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('counts once what two recorders write at the same time', async () => {
    const organization = newOrganizationPrn();
    const facts = Array.from({ length: 300 }, () => eventFact(eventMessage({ organization })));
    const others = [1, 2, 3].map(() => new EventWriter(world.store, world.anotherPartitions()));
    const results = await Promise.all(
      others.map((one) => one.write(facts, { nowMs: Date.now(), retentionMs: RETENTION_MS })),
    );
    expect(results.reduce((sum, { events }) => sum + events, 0)).toBe(300);
    expect(await countsOf(organization)).toEqual({ 'device.connected': 300 });
  });

  it('keeps the bytes of bodies of every size and character', async () => {
    const organization = newOrganizationPrn();
    const bodies = ['', 'é', '😀"\\', 'x'.repeat(200_000), '\u2028'];
    const events: EventMessage[] = bodies.map((note) => eventMessage({ organization, payload: { note } }));
    await write(...events.map(eventFact));
    const rows = await world.database.query<{ event: string; body: Buffer }>(
      'SELECT event, body FROM events WHERE organization = $1',
      [uuidOf(organization)],
    );
    const kept = new Map(rows.map(({ event, body }) => [event, body]));
    for (const { event, body } of events) expect(kept.get(uuidOf(event))).toEqual(body);
  });

  it('leaves out the one that PostgreSQL refuses, and writes the others', async () => {
    const organization = newOrganizationPrn();
    const good = Array.from({ length: 9 }, () => eventFact(eventMessage({ organization })));
    const bad = { ...eventFact(eventMessage({ organization })), insertedAtMs: 1e16 };
    const result = await write(...good.slice(0, 4), bad, ...good.slice(4));
    expect(result).toMatchObject({ events: 9, outOfRange: 0 });
    expect(result.refused.map(({ fact }) => fact.event)).toEqual([bad.event]);
  });

  it('does not make a day for what nobody keeps, and does not count a time that cannot be true', async () => {
    const organization = newOrganizationPrn();
    const nowMs = Date.now();
    const of = (acceptedAtMs: number, insertedAtMs = acceptedAtMs): EventFact =>
      eventFact(eventMessage({ organization, acceptedAtMs, insertedAtMs }));
    const result = await write(of(nowMs - 40 * DAY_MS), of(nowMs + 400 * DAY_MS), of(nowMs, 0), of(nowMs));
    expect(result).toMatchObject({ events: 2, outOfRange: 2 });
    expect(await countsOf(organization)).toEqual({ 'device.connected': 1 });
  });

  it('is dropped with its days, counts and tags with it', async () => {
    const organization = newOrganizationPrn();
    const acceptedAtMs = Date.now() - 20 * DAY_MS;
    const payload = { device: { prn: newPrn(organization, 'device'), tags: ['t'] } };
    await write(eventFact(eventMessage({ organization, acceptedAtMs, payload })));
    const { dropped } = await world.partitions.upkeep(Date.now(), 10 * DAY_MS);
    for (const table of ['events', 'event_tags', 'event_counts'])
      expect(dropped.filter((name) => name.startsWith(`${table}_2`)).length).toBeGreaterThan(0);
    expect(await countsOf(organization)).toEqual({});
    // The days are made anew for what comes of them later.
    expect(await write(eventFact(eventMessage({ organization, acceptedAtMs, payload })))).toMatchObject({ events: 1 });
  });
});

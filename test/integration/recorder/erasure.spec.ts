import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveryIdOf, newOrganizationPrn, newPrn, type Prn } from '@fleethook/events';
import type { EventMessage } from '@fleethook/messages';
import { attemptFact, Erasure, eventFact, EventWriter } from '@fleethook/store';
import { attemptMessage, eventMessage, failedAttempt } from '../../support/facts.js';
import { HistoryWorld } from './history-world.js';

const DAY_MS = 86_400_000;
const TABLES = ['events', 'event_tags', 'deliveries', 'attempts', 'busy_devices'] as const;

describe('erasing a device', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.create();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const organization = newOrganizationPrn();
  const [device, other] = [newPrn(organization, 'device'), newPrn(organization, 'device')];
  const options = { nowMs: Date.now(), retentionMs: 30 * DAY_MS };

  /** Events of a device over three days, each delivered to two webhooks after a failure. */
  async function record(of: Prn<'device'>, count: number): Promise<EventMessage[]> {
    const events = Array.from({ length: count }, (_, index) =>
      eventMessage({
        organization,
        acceptedAtMs: Date.now() - (index % 3) * DAY_MS,
        payload: { device: { prn: of, identifier: 'pump-1', tags: ['north', 'pump'] } },
      }),
    );
    await new EventWriter(world.store, world.partitions).write(
      events.map((event) => eventFact(event)),
      options,
    );
    const webhooks = [newPrn(organization, 'webhook'), newPrn(organization, 'webhook')];
    const attempts = events.flatMap(({ event, acceptedAtMs }) =>
      webhooks.flatMap((webhook) => {
        const about = { event, webhook, acceptedAtMs, delivery: deliveryIdOf(event, webhook) };
        return [
          failedAttempt({ ...about, startedAtMs: acceptedAtMs + 10, excerpt: 'private' }),
          attemptMessage({ ...about, attempt: 2, startedAtMs: acceptedAtMs + DAY_MS / 24 }),
        ];
      }),
    );
    await world.writer.write(
      attempts.map((attempt) => attemptFact(attempt)),
      options,
    );
    await world.database.query(`INSERT INTO busy_devices VALUES ($1, date_trunc('day', now(), 'UTC'), $2, 1)`, [
      organization.slice(6),
      of.slice(-36),
    ]);
    return events;
  }

  async function rows(): Promise<Record<string, number>> {
    const counts = await Promise.all(
      TABLES.map(async (table): Promise<[string, number]> => {
        const [row] = await world.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
        return [table, row?.count ?? -1];
      }),
    );
    return Object.fromEntries(counts);
  }

  it('leaves nothing of it, and everything of another, and says in the audit log that it was done', async () => {
    await world.partitions.upkeep(Date.now(), options.retentionMs);
    await record(other, 4);
    const before = await rows();
    expect(before).toEqual({ events: 4, event_tags: 8, deliveries: 8, attempts: 16, busy_devices: 1 });
    // More than a page.
    await record(device, 601);
    // Of another device, but of what it has done.
    const byIt = eventMessage({ organization, payload: { device: { prn: other, identifier: 'pump-2' } } });
    await new EventWriter(world.store, world.partitions).write([{ ...eventFact(byIt), actor: device }], options);

    const erasure = new Erasure(world.store);
    expect(await erasure.device(device)).toEqual({ events: 602, deliveries: 1_202, attempts: 2_404 });
    expect(await rows()).toEqual(before);
    expect(await erasure.device(device)).toEqual({ events: 0, deliveries: 0, attempts: 0 });
    const log = await world.database.query('SELECT actor, action, resource_prn FROM audit_log ORDER BY id');
    const entry = { actor: 'operator', action: 'device.erased', resource_prn: device };
    expect(log).toEqual([entry, entry]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLog, createMetrics, type Metrics } from '@fleethook/observability';
import { LeaderSession, LOCKS, Outbox, OUTBOX_CHANNEL } from '@fleethook/store';
import { EventRelay } from '../../../apps/api/src/outbox/event.relay.js';
import { ConfigPublisher, OutboxRelay } from '../../../apps/api/src/outbox/outbox.relay.js';
import { OutboxSweep } from '../../../apps/api/src/outbox/outbox.sweep.js';
import { eventually } from '../../support/eventually.js';
import { ScratchDatabase } from '../../support/scratch-database.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const WITHIN_MS = 60_000;

let database: ScratchDatabase;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await ScratchDatabase.create();
  const { hostname, port } = new URL(database.url);
  proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const lead = (databaseUrl: string, onEnd = (): void => {}): Promise<LeaderSession | undefined> =>
  LeaderSession.tryToLead({ databaseUrl, lock: LOCKS.outboxRelay, channel: OUTBOX_CHANNEL, onWake: () => {}, onEnd });

async function leading(databaseUrl: string, onEnd?: () => void): Promise<LeaderSession> {
  const session = await lead(databaseUrl, onEnd);
  if (session === undefined) throw new Error('somebody else leads');
  return session;
}

describe('a leader', () => {
  it('whose connection is forgotten finds out by itself, and another one leads soon', async () => {
    let ends = 0;
    const forgotten = await leading(proxy.through(database.url), () => void (ends += 1));
    proxy.forgetConnections();
    expect(await lead(database.url)).toBeUndefined();
    const next = await eventually(() => leading(database.url), { withinMs: WITHIN_MS, longestPauseMs: 500 });
    await eventually(() => expect([forgotten.leads, ends]).toEqual([false, 1]), { withinMs: WITHIN_MS });
    await next.close();
  });

  it('leaves a connection that is forgotten without waiting for an answer', async () => {
    const session = await leading(proxy.through(database.url));
    proxy.forgetConnections();
    await session.close();
    expect(session.leads).toBe(false);
    // Its lock lasts until PostgreSQL has missed it.
    const next = await eventually(() => leading(database.url), { withinMs: WITHIN_MS, longestPauseMs: 500 });
    await next.close();
  });

  it('keeps its lead for as long as it lives, however little it does', async () => {
    const session = await leading(database.url);
    const [row] = await database.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'fleethook-leader' AND datname = current_database()`,
    );
    const shown = async (): Promise<string> => {
      const [activity] = await database.query<{ at: string }>(
        'SELECT state_change::text AS at FROM pg_stat_activity WHERE pid = $1',
        [row?.pid],
      );
      return activity?.at ?? '';
    };
    const before = await shown();
    // What keeps PostgreSQL from ending it.
    await eventually(async () => expect(await shown()).not.toBe(before), { withinMs: WITHIN_MS });
    expect(session.leads).toBe(true);
    await session.close();
  });
});

describe('what waits in the outbox', () => {
  it('is told by processes that do not lead, too', async () => {
    const leader = await leading(database.url);
    const metrics = createMetrics();
    const relay = new RelayOfNobody(metrics, database.url);
    relay.start();
    await eventually(async () => expect(await pending(metrics)).toEqual([7, 3]), { withinMs: WITHIN_MS });
    await relay.beforeApplicationShutdown();
    await leader.close();
  });
});

async function pending(metrics: Metrics): Promise<number[]> {
  const text = await metrics.registry.metrics();
  return ['outbox', 'event_outbox'].map((name) =>
    Number(new RegExp(`^fleethook_${name}_pending_rows (\\d+)$`, 'm').exec(text)?.[1]),
  );
}

const counting = (count: number): PropertyDescriptorMap => ({ count: { value: () => Promise.resolve(count) } });

/** What is never to be called is not there. */
class RelayOfNobody extends OutboxRelay {
  constructor(metrics: Metrics, databaseUrl: string) {
    const log = createLog({ app: 'api', level: 'silent', format: 'json' });
    super(
      Object.create(Outbox.prototype, counting(7)) as Outbox,
      Object.create(OutboxSweep.prototype) as OutboxSweep,
      Object.create(ConfigPublisher.prototype) as ConfigPublisher,
      new EventRelay(Object.create({}, counting(3)) as never, {} as never, log, metrics),
      { databaseUrl, pollIntervalMs: 50, sweepIntervalMs: 60_000 },
      log,
      metrics,
    );
  }
}

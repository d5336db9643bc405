import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { encodeBreaker, TOPICS, type BreakerMessage } from '@fleethook/messages';
import { attemptMessage } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import type { RunningApp } from '../../support/running-app.js';
import { RecorderWorld } from './recorder-world.js';

const WITHIN = { withinMs: 45_000 };
const webhook = newPrn(newOrganizationPrn(), 'webhook');
const atMs = Date.now();
const open: BreakerMessage = { v: 1, webhook, lane: 0, state: 'open', atMs, openUntilMs: atMs + 30_000 };

describe('the recorder, told of circuit breakers', () => {
  let world: RecorderWorld;
  let recorder: RunningApp;
  beforeAll(async () => {
    world = await RecorderWorld.create();
    recorder = await world.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const tell = (message: BreakerMessage) =>
    world.kafka.producer.send({ topic: TOPICS.attempts.name, ...encodeBreaker(message) });

  const rows = (of: string = webhook) =>
    world.database.query<{ webhook_prn: string; lane: number; changed_at: Date; open_until: Date | null }>(
      'SELECT * FROM webhook_breakers WHERE webhook_prn = $1 ORDER BY lane',
      [of],
    );

  it('keeps the latest of each lane, however often and in whatever order it is told', async () => {
    await tell(open);
    await tell(open);
    await tell({ ...open, lane: 2, state: 'closed', openUntilMs: undefined, atMs: atMs + 5 });
    await tell({ ...open, lane: 2 });
    await eventually(
      async () =>
        expect(await rows()).toEqual([
          { webhook_prn: webhook, lane: 0, changed_at: new Date(atMs), open_until: new Date(atMs + 30_000) },
          { webhook_prn: webhook, lane: 2, changed_at: new Date(atMs + 5), open_until: null },
        ]),
      WITHIN,
    );
  });

  it('believes no clock that runs ahead, and what it believed before gives way', async () => {
    const aheadMs = atMs + 365 * 86_400_000;
    const ahead = { ...open, atMs: aheadMs, openUntilMs: aheadMs + 30_000 };
    const [behind, poisoned] = [newPrn(newOrganizationPrn(), 'webhook'), newPrn(newOrganizationPrn(), 'webhook')];
    await world.database.query(
      `INSERT INTO webhook_breakers (webhook_prn, lane, changed_at, open_until) VALUES ($1, 0, '2099-01-01', '2099-01-01')`,
      [poisoned],
    );
    await tell({ ...ahead, webhook: behind });
    await tell({ ...open, webhook: behind });
    await tell({ ...open, webhook: poisoned });
    const truth = { lane: 0, changed_at: new Date(atMs), open_until: new Date(atMs + 30_000) };
    await eventually(
      async () =>
        expect([await rows(behind), await rows(poisoned)]).toEqual([
          [{ webhook_prn: behind, ...truth }],
          [{ webhook_prn: poisoned, ...truth }],
        ]),
      WITHIN,
    );
  });

  it('passes over what it cannot read and what a later release says, and goes on with attempts and breakers', async () => {
    const { producer } = world.kafka;
    const topic = TOPICS.attempts.name;
    await producer.send({ topic, key: webhook, value: '{"v":9}', headers: { 'fleethook-kind': 'breaker' } });
    await producer.send({ topic, key: webhook, value: 'x', headers: { 'fleethook-kind': 'weather' } });
    const attempt = attemptMessage({ webhook });
    await world.record(attempt);
    await tell({ ...open, lane: 3 });
    await eventually(async () => expect(await world.attempts()).toContain(attempt.delivery), WITHIN);
    await eventually(async () => expect((await rows()).map(({ lane }) => lane)).toEqual([0, 2, 3]), WITHIN);
    expect(await recorder.metric('fleethook_recorder_skipped_records_total{reason="unknown_kind"}')).toBe(1);
    expect(await recorder.metric('fleethook_recorder_skipped_records_total{reason="undecodable"}')).toBe(1);
  });
});

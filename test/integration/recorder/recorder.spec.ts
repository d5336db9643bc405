import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptMessage } from '@fleethook/messages';
import { attemptMessage, failedAttempt } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import type { RunningApp } from '../../support/running-app.js';
import { RecorderWorld } from './recorder-world.js';

const WITHIN = { withinMs: 45_000 };

function made(count: number): AttemptMessage[] {
  return Array.from({ length: count }, () => attemptMessage());
}

const ids = (attempts: readonly AttemptMessage[]): string[] => attempts.map(({ delivery }) => delivery).toSorted();

describe('the recorder', () => {
  let world: RecorderWorld;
  let recorder: RunningApp;
  beforeAll(async () => {
    world = await RecorderWorld.create();
    recorder = await world.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  async function row(attempt: AttemptMessage): Promise<Record<string, unknown> | undefined> {
    const [found] = await world.database.query<Record<string, unknown>>(
      'SELECT attempt_count, outcome, response_status, delivered_at, dead_reason FROM deliveries WHERE delivery_id = $1',
      [attempt.delivery],
    );
    return found;
  }

  it('writes every attempt once, however often its record is there', async () => {
    const attempts = made(2_000);
    await world.record(...attempts, ...attempts.slice(0, 500));
    await eventually(async () => expect((await world.attempts()).length).toBeGreaterThanOrEqual(2_000), WITHIN);
    await world.record(...attempts.slice(500, 1_000));
    const last = attemptMessage();
    await world.record(last);
    await eventually(async () => expect(await world.attempts()).toContain(last.delivery), WITHIN);
    expect((await world.attempts()).toSorted()).toEqual(ids([...attempts, last]));
    expect(await recorder.metric('fleethook_recorder_rows_total{table="attempts"}')).toBe(2_001);
  });

  it('ends at the latest state when the records come in the wrong order', async () => {
    const first = failedAttempt();
    const second = { ...first, attempt: 2, startedAtMs: first.startedAtMs + 5_000 };
    const third = { ...attemptMessage(), ...first, attempt: 3, startedAtMs: first.startedAtMs + 40_000 };
    const success: AttemptMessage = { ...third, outcome: 'delivered', status: 200, next: { kind: 'none' } };
    for (const attempt of [success, first, second]) {
      await world.record(attempt);
      await eventually(async () => {
        const rows = await world.database.query('SELECT 1 FROM attempts WHERE delivery_id = $1 AND attempt = $2', [
          attempt.delivery,
          attempt.attempt,
        ]);
        expect(rows).toHaveLength(1);
      }, WITHIN);
    }
    expect(await row(first)).toMatchObject({ attempt_count: 3, outcome: 'delivered', response_status: 200 });
  });

  it('notes what ends in the dead-letter topic without an attempt', async () => {
    const attempt = failedAttempt();
    await world.bury({
      kind: 'delivery',
      deadReason: 'webhook_deleted',
      diedAtMs: Date.now(),
      delivery: { ...attempt, lane: 0, body: Buffer.from('{}') },
    });
    await eventually(async () => expect(await row(attempt)).toMatchObject({ dead_reason: 'webhook_deleted' }), WITHIN);
  });

  it('passes over what it cannot read, and counts it', async () => {
    await world.write('attempts', 'not an attempt');
    await world.write('dead', 'nor a dead letter');
    const after = made(50);
    await world.record(...after);
    await eventually(async () => expect(await world.attempts()).toEqual(expect.arrayContaining(ids(after))), WITHIN);
    await eventually(
      async () =>
        expect(await recorder.metric('fleethook_recorder_skipped_records_total{reason="undecodable"}')).toBe(2),
      WITHIN,
    );
  });
});

describe('a recorder without PostgreSQL', () => {
  it.each(['refuse', 'stall'] as const)('holds when connections %s, says so, and loses nothing', async (mode) => {
    await using world = await RecorderWorld.create();
    const recorder = await world.start();
    const before = made(500);
    await world.record(...before);
    await eventually(async () => expect(await world.attempts()).toHaveLength(500), WITHIN);
    expect(await recorder.notReady()).toEqual({});

    world.network.mode = mode;
    const during = made(3_000);
    await world.record(...during);
    await eventually(async () => expect(await recorder.notReady()).toHaveProperty('postgresql'), WITHIN);
    await eventually(
      async () => expect(await recorder.metric('fleethook_recorder_failures_total')).toBeGreaterThan(0),
      WITHIN,
    );
    expect(await world.attempts()).toHaveLength(500);

    world.network.mode = 'pass';
    await eventually(async () => expect(await world.attempts()).toHaveLength(3_500), WITHIN);
    expect((await world.attempts()).toSorted()).toEqual(ids([...before, ...during]));
    await eventually(async () => expect(await recorder.notReady()).toEqual({}), WITHIN);
  });

  it('leaves what it could not write to the next one, when it is stopped meanwhile', async () => {
    await using world = await RecorderWorld.create();
    const first = await world.start();
    world.network.mode = 'refuse';
    const attempts = made(2_000);
    await world.record(...attempts);
    await eventually(
      async () => expect(await first.metric('fleethook_recorder_failures_total')).toBeGreaterThan(0),
      WITHIN,
    );
    await first.stop();
    world.network.mode = 'pass';
    await world.start();
    await eventually(async () => expect(await world.attempts()).toHaveLength(2_000), WITHIN);
    expect((await world.attempts()).toSorted()).toEqual(ids(attempts));
  });
});

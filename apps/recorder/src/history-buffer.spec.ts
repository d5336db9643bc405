import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deliveryIdOf, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import { createLog, createMetrics } from '@fleethook/observability';
import { attemptFact, StoreError, type HistoryFact, type WriteResult } from '@fleethook/store';
import { HistoryBuffer, HistorySink } from './history-buffer.js';

const organization = newOrganizationPrn();
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

class ScriptedRecord implements KafkaRecord {
  readonly topic = 'webhook.attempts';
  readonly partition = 0;
  readonly offset = 0;
  readonly timestampMs = 0;
  readonly key = null;
  readonly value = null;
  readonly headers = {};
  mayBegin = true;
  mayForward = true;
  readonly calls: string[] = [];

  begin(): boolean {
    this.calls.push('begin');
    return this.mayBegin;
  }

  settle(): void {
    this.calls.push('settle');
  }

  abandon(): void {
    this.calls.push('abandon');
  }

  onceSure(decide: () => void): void {
    decide();
  }
}

/** Writes when told to; until then the buffer waits. */
class ScriptedSink extends HistorySink {
  readonly batches: (readonly HistoryFact[])[] = [];
  isAway = false;
  hold: Promise<void> = Promise.resolve();

  override async write(facts: readonly HistoryFact[]): Promise<WriteResult> {
    this.batches.push(facts);
    await this.hold;
    if (this.isAway) throw new StoreError('DATABASE_UNAVAILABLE', 'test');
    return { attempts: facts.length, deliveries: facts.length, repeated: 0, outOfRange: 0, refused: [] };
  }
}

function fact(): HistoryFact {
  const event = newPrn(organization, 'event');
  const webhook = newPrn(organization, 'webhook');
  return attemptFact({
    v: 1,
    delivery: deliveryIdOf(event, webhook),
    attempt: 1,
    event,
    name: parseEventName('device.connected'),
    webhook,
    acceptedAtMs: 1,
    startedAtMs: 2,
    latencyMs: 1,
    outcome: 'delivered',
    next: { kind: 'none' },
  });
}

describe('HistoryBuffer', () => {
  let sink: ScriptedSink;
  let buffer: HistoryBuffer;

  beforeEach(() => {
    jest.useFakeTimers();
    sink = new ScriptedSink();
    buffer = new HistoryBuffer(sink, { retentionMs: 1, maxRows: 10, lingerMs: 100 }, log, createMetrics());
  });
  afterEach(() => {
    buffer.stop();
    jest.useRealTimers();
  });

  function offer(count: number): ScriptedRecord[] {
    const records = Array.from({ length: count }, () => new ScriptedRecord());
    for (const record of records) buffer.offer(record, fact);
    return records;
  }

  const sizes = (): number[] => sink.batches.map(({ length }) => length);

  it('waits for company, but not for long, and settles what is written', async () => {
    const records = offer(3);
    await jest.advanceTimersByTimeAsync(99);
    expect(sizes()).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(sizes()).toEqual([3]);
    for (const { calls } of records) expect(calls).toEqual(['begin', 'settle']);
  });

  it('writes a full batch at once, one at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.hold = promise;
    const records = offer(25);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sizes()).toEqual([10]);
    expect(records.flatMap(({ calls }) => calls)).not.toContain('settle');
    resolve();
    await jest.advanceTimersByTimeAsync(100);
    expect(sizes()).toEqual([10, 10, 5]);
    for (const { calls } of records) expect(calls).toEqual(['begin', 'settle']);
  });

  it('settles nothing while PostgreSQL is away, and everything once it is back', async () => {
    sink.isAway = true;
    const records = offer(25);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(records.flatMap(({ calls }) => calls)).not.toContain('settle');
    // Backed off: ten minutes at 5 s are not thousands of tries.
    expect(sink.batches.length).toBeLessThan(300);
    sink.isAway = false;
    await jest.advanceTimersByTimeAsync(10_000);
    for (const { calls } of records) expect(calls).toEqual(['begin', 'settle']);
  });

  it('tries fewer rows after a failure, and more again after a success', async () => {
    sink.isAway = true;
    offer(10);
    await jest.advanceTimersByTimeAsync(400);
    const tried = sizes();
    expect(tried.slice(0, 3)).toEqual([10, 5, 2]);
    sink.isAway = false;
    sink.batches.length = 0;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sizes().reduce((sum, size) => sum + size)).toBe(10);
    offer(40);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(Math.max(...sizes())).toBe(10);
  });

  it('settles a record that says nothing, without writing it', async () => {
    const [silent, telling] = [new ScriptedRecord(), new ScriptedRecord()];
    buffer.offer(silent, () => undefined);
    buffer.offer(telling, fact);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([silent.calls, telling.calls]).toEqual([
      ['begin', 'settle'],
      ['begin', 'settle'],
    ]);
    expect(sink.batches.map((batch) => batch.length)).toEqual([1]);
  });

  it('leaves a record alone that may not begin', async () => {
    const [first, second] = [new ScriptedRecord(), new ScriptedRecord()];
    first.mayBegin = false;
    buffer.offer(first, fact);
    buffer.offer(second, fact);
    await jest.advanceTimersByTimeAsync(100);
    expect(sizes()).toEqual([1]);
    expect([first.calls, second.calls]).toEqual([['begin'], ['begin', 'settle']]);
  });

  it('gives up what another process may own by now', async () => {
    sink.isAway = true;
    const [lost, kept] = offer(2);
    await jest.advanceTimersByTimeAsync(100);
    if (lost !== undefined) lost.mayForward = false;
    sink.isAway = false;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(lost?.calls).toEqual(['begin', 'abandon']);
    expect(kept?.calls).toEqual(['begin', 'settle']);
  });

  it('finishes the batch under way when it stops, and begins no other', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.hold = promise;
    const records = offer(15);
    buffer.stop();
    resolve();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sizes()).toEqual([10]);
    expect(records.slice(0, 10).map(({ calls }) => calls.at(-1))).toEqual(Array.from({ length: 10 }, () => 'settle'));
    expect(records.slice(10).flatMap(({ calls }) => calls)).toEqual([]);
  });

  it('abandons the batch under way when it stops without PostgreSQL', async () => {
    sink.isAway = true;
    const records = offer(10);
    await jest.advanceTimersByTimeAsync(1_000);
    buffer.stop();
    await jest.advanceTimersByTimeAsync(0);
    for (const { calls } of records) expect(calls).toEqual(['begin', 'abandon']);
  });

  it('forgets what waits of partitions that are gone', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.hold = promise;
    const one = fact();
    const lost = Array.from({ length: 15_000 }, () => new ScriptedRecord());
    for (const record of lost) buffer.offer(record, () => one);
    for (const record of lost) record.mayForward = record.mayBegin = false;
    const again = Array.from({ length: 15_000 }, () => new ScriptedRecord());
    for (const record of again) buffer.offer(record, () => one);
    resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    // Only what had begun before; the rest was not kept to be asked.
    expect(lost.filter(({ calls }) => calls.length > 0)).toHaveLength(10);
    for (const { calls } of again) expect(calls).toEqual(['begin', 'settle']);
  }, 30_000);
});

import { describe, expect, it } from '@jest/globals';
import { PlaceTexts } from '../../client/protocol/place-texts.js';
import { ManualScheduler, settled } from '../../window/manual-scheduler.js';
import { HandlerQueue } from './handler-queue.js';
import { KafkaRecordEntry } from '../kafka-record-entry.js';

const OWNER = {
  topicName: 't',
  partition: 0,
  mayForward: true,
  texts: new PlaceTexts(),
  begin: () => true,
  settle: () => {},
  abandon: () => {},
  onceSure: () => {},
};

function record(offset: number): KafkaRecordEntry {
  return new KafkaRecordEntry(OWNER, offset, offset, 0, Buffer.alloc(0));
}

function queueOf(handle: (offsets: number[]) => unknown) {
  const scheduler = new ManualScheduler();
  const begun = new Set<KafkaRecordEntry>();
  const pauses: number[] = [];
  const queue = new HandlerQueue({
    handle: (records) => handle(records.map(({ offset }) => offset)),
    isWaiting: (record) => !begun.has(record),
    onFailure: (_, retryInMs) => pauses.push(retryInMs),
    scheduler,
  });
  return { scheduler, begun, pauses, queue };
}

describe('the queue to a handler', () => {
  it('gives it one batch at a time, in order', async () => {
    const seen: number[][] = [];
    const first = Promise.withResolvers<void>();
    const { queue } = queueOf((offsets) => {
      seen.push(offsets);
      return seen.length === 1 ? first.promise : undefined;
    });
    queue.push([record(1), record(2)]);
    queue.push([record(3)]);
    await settled();
    expect(seen).toEqual([[1, 2]]);
    first.resolve();
    await settled();
    expect(seen).toEqual([[1, 2], [3]]);
  });

  it('gives it again what it had not begun when it failed, later and later, before anything newer', async () => {
    const seen: number[][] = [];
    const { scheduler, begun, pauses, queue } = queueOf((offsets) => {
      seen.push(offsets);
      if (seen.length <= 2) throw new TypeError('undefined is not a function');
    });
    const batch = [record(1), record(2), record(3)];
    queue.push(batch);
    queue.push([record(4)]);
    begun.add(batch[1] ?? record(2));
    await scheduler.advance(10_000);
    expect(seen).toEqual([[1, 2, 3], [1, 3], [1, 3], [4]]);
    expect(pauses).toEqual([100, 200]);
  });

  it('never waits longer than half a minute', async () => {
    const { scheduler, pauses, queue } = queueOf(() => {
      throw new Error('away');
    });
    queue.push([record(1)]);
    await scheduler.advance(600_000);
    expect(Math.max(...pauses)).toBe(30_000);
    expect(pauses.length).toBeGreaterThan(20);
  });

  it('drops everything once it is stopped, a batch that waits for its second try too', async () => {
    let calls = 0;
    const { scheduler, queue } = queueOf(() => {
      calls++;
      throw new Error('away');
    });
    queue.push([record(1)]);
    await settled();
    queue.stop();
    queue.push([record(2)]);
    await scheduler.advance(60_000);
    expect(calls).toBe(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { encodeMetadata } from './commit-metadata.js';
import { HandoverWait, type Handover, type TopicPartition } from './handover.js';
import { ManualScheduler } from './manual-scheduler.js';

const PARTITION: TopicPartition = { topic: 't', partition: 3 };

function waitFor(first: { offset: number; metadata: string | null } | Error) {
  const scheduler = new ManualScheduler();
  const found = { answer: first, asked: 0, errors: 0 };
  const taken: Handover[] = [];
  const wait = new HandoverWait<TopicPartition>({
    graceMs: 1_000,
    pollMs: 50,
    scheduler,
    readCommitted: async () => {
      found.asked++;
      if (found.answer instanceof Error) throw found.answer;
      return [{ ...PARTITION, ...found.answer }];
    },
    readLogRanges: async () => [{ ...PARTITION, low: 7, high: 100 }],
    onError: () => found.errors++,
  });
  wait.add(PARTITION, (_, handover) => taken.push(handover));
  return { scheduler, found, taken, wait };
}

describe('waiting for the last owner', () => {
  it('starts at the beginning of the log when nothing was ever committed', async () => {
    const { scheduler, taken } = waitFor({ offset: -1, metadata: null });
    await scheduler.advance(0);
    expect(taken).toMatchObject([{ kind: 'fresh', position: 7, foreign: false }]);
  });

  it('starts at once where it was let go, knowing what was settled above', async () => {
    const { scheduler, taken } = waitFor({ offset: 20, metadata: encodeMetadata('released', Uint8Array.of(0b10)) });
    await scheduler.advance(0);
    expect(taken).toMatchObject([{ kind: 'released', position: 20 }]);
    expect([20, 21, 22].map((offset) => taken[0]?.settledBefore.has(offset))).toEqual([false, true, false]);
  });

  it('starts at an offset that a tool has set, without its grace', async () => {
    const { scheduler, taken } = waitFor({ offset: 20, metadata: '' });
    await scheduler.advance(0);
    expect(taken).toMatchObject([{ kind: 'fresh', position: 20, foreign: false }]);
  });

  it('takes metadata of others as empty, and says so', async () => {
    const { scheduler, taken } = waitFor({ offset: 20, metadata: '{"a":1}' });
    await scheduler.advance(0);
    expect(taken).toMatchObject([{ kind: 'fresh', position: 20, foreign: true }]);
  });

  it('waits while the owner may have records in flight, and takes what it left', async () => {
    const { scheduler, found, taken } = waitFor({ offset: 20, metadata: '1:' });
    await scheduler.advance(700);
    expect(taken).toEqual([]);
    expect(found.asked).toBe(15);
    found.answer = { offset: 25, metadata: 'r:' };
    await scheduler.advance(50);
    expect(taken).toMatchObject([{ kind: 'released', position: 25, waitedMs: 750 }]);
    await scheduler.advance(1_000);
    expect(found.asked).toBe(16);
  });

  it('takes it when the grace is over, a little after its owner had to stop', async () => {
    const { scheduler, taken } = waitFor({ offset: 20, metadata: '1:' });
    await scheduler.advance(1_200);
    expect(taken).toEqual([]);
    await scheduler.advance(100);
    expect(taken).toMatchObject([{ kind: 'grace', position: 20 }]);
  });

  it('asks again, less and less often, while Kafka does not answer', async () => {
    const { scheduler, found, taken } = waitFor(new Error('COORDINATOR_LOAD_IN_PROGRESS'));
    await scheduler.advance(10_000);
    expect(found.errors).toBeGreaterThan(5);
    expect(found.errors).toBeLessThan(20);
    found.answer = { offset: 20, metadata: 'r:' };
    await scheduler.advance(2_000);
    expect(taken).toHaveLength(1);
  });

  it('forgets a partition that was lost again', async () => {
    const { scheduler, found, taken, wait } = waitFor({ offset: 20, metadata: '1:' });
    await scheduler.advance(100);
    wait.remove(PARTITION);
    found.answer = { offset: 20, metadata: 'r:' };
    await scheduler.advance(2_000);
    expect([taken.length, found.asked]).toEqual([0, 3]);
  });
});

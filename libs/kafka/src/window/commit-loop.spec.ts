import { describe, expect, it, jest } from '@jest/globals';
import { CommitLoop, type Committable, type CommitResult, type OffsetToCommit } from './commit-loop.js';
import { ManualScheduler, settled } from './manual-scheduler.js';

class Source implements Committable {
  offset = 0;
  isDirty = false;
  readonly committed: number[] = [];

  settle(): void {
    this.offset++;
    this.isDirty = true;
  }

  prepareCommit(): OffsetToCommit | undefined {
    if (!this.isDirty) return undefined;
    this.isDirty = false;
    return { topic: 't', partition: 0, offset: this.offset, metadata: '1:AQ' };
  }

  onCommitted(committed: OffsetToCommit): void {
    this.committed.push(committed.offset);
  }

  onCommitFailed(): void {
    this.isDirty = true;
  }
}

function loopOf(answers: (CommitResult | Promise<CommitResult>)[] = []) {
  const [scheduler, source] = [new ManualScheduler(), new Source()];
  const sent: (readonly OffsetToCommit[])[] = [];
  const results: CommitResult[] = [];
  const loop = new CommitLoop({
    intervalMs: 500,
    settledThreshold: 3,
    scheduler,
    sources: () => [source],
    commit: async (offsets) => {
      sent.push(offsets);
      return answers.shift() ?? 'committed';
    },
    onResult: (result) => results.push(result),
  });
  loop.start();
  return { loop, scheduler, source, sent, results };
}

describe('the commit loop', () => {
  it('commits what is dirty at its interval, and nothing when nothing is', async () => {
    const { scheduler, source, sent } = loopOf();
    await scheduler.advance(2_000);
    expect(sent).toEqual([]);
    source.settle();
    await scheduler.advance(400);
    expect(sent).toEqual([]);
    await scheduler.advance(100);
    expect(sent).toEqual([[{ topic: 't', partition: 0, offset: 1, metadata: '1:AQ' }]]);
  });

  it('commits at once after so many settled records, once for all that ask in the same tick', async () => {
    const { loop, source, sent } = loopOf();
    for (let count = 0; count < 7; count++) {
      source.settle();
      loop.countSettled();
    }
    loop.soon();
    await settled();
    expect(sent).toHaveLength(1);
  });

  it('has one commit in flight, and sends what came meanwhile after it', async () => {
    const first = Promise.withResolvers<CommitResult>();
    const { loop, source, sent } = loopOf([first.promise]);
    source.settle();
    loop.soon();
    await settled();
    source.settle();
    loop.soon();
    await settled();
    expect(sent).toHaveLength(1);
    first.resolve('committed');
    await settled();
    expect(source.committed).toEqual([1, 2]);
  });

  it('keeps what failed for the next interval', async () => {
    const { loop, scheduler, source, sent, results } = loopOf(['failed']);
    source.settle();
    loop.soon();
    await scheduler.advance(0);
    expect([sent.length, source.isDirty]).toEqual([1, true]);
    await scheduler.advance(500);
    expect(results).toEqual(['failed', 'committed']);
  });

  it('waits for the next join when its generation is over, and is not fooled by an answer from before it', async () => {
    const { loop, scheduler, source, sent } = loopOf(['rejoin']);
    source.settle();
    loop.soon();
    await scheduler.advance(5_000);
    expect(sent).toHaveLength(1);
    loop.onJoined();
    await settled();
    expect(sent).toHaveLength(2);
    const late = Promise.withResolvers<CommitResult>();
    const other = loopOf([late.promise]);
    other.source.settle();
    other.loop.soon();
    await settled();
    other.loop.onJoined();
    late.resolve('rejoin');
    await other.scheduler.advance(500);
    expect(other.source.committed).toEqual([1]);
  });

  it('sends the last commit of a generation before it returns, even beside one in flight, and then waits', async () => {
    const first = Promise.withResolvers<CommitResult>();
    const { loop, scheduler, source, sent } = loopOf([first.promise]);
    source.settle();
    loop.soon();
    await settled();
    source.settle();
    loop.commitBeforeRejoin();
    expect(sent).toHaveLength(2);
    first.resolve('committed');
    source.settle();
    await scheduler.advance(5_000);
    expect(sent).toHaveLength(2);
    loop.onJoined();
    await settled();
    expect(source.committed.at(-1)).toBe(3);
  });

  it('gives up the bitmap, then the mark, when the broker has no room for them', async () => {
    const { loop, source, sent } = loopOf(['metadata_too_large', 'metadata_too_large']);
    source.settle();
    loop.soon();
    await settled();
    expect(sent.map(([offset]) => offset?.metadata)).toEqual(['1:AQ', '1:', '']);
    expect(source.committed).toEqual([1]);
  });

  it('commits what is left when it closes, after what is in flight', async () => {
    const first = Promise.withResolvers<CommitResult>();
    const { loop, scheduler, source } = loopOf([first.promise]);
    source.settle();
    loop.soon();
    await settled();
    source.settle();
    const onClosed = jest.fn();
    void loop.close().then(onClosed);
    await settled();
    expect(onClosed).not.toHaveBeenCalled();
    first.resolve('failed');
    await settled();
    expect(onClosed).toHaveBeenCalledWith(true);
    expect(source.committed).toEqual([2]);
    source.settle();
    await scheduler.advance(5_000);
    expect(source.committed).toEqual([2]);
  });

  it('tries its last commit again while it fails, but not for ever', async () => {
    const lucky = loopOf(['rejoin', 'failed']);
    lucky.source.settle();
    const onClosed = jest.fn();
    void lucky.loop.close().then(onClosed);
    await lucky.scheduler.advance(250);
    expect(onClosed).toHaveBeenCalledWith(true);
    expect(lucky.source.committed).toEqual([1]);

    const unlucky = loopOf(Array.from({ length: 100 }, () => 'failed' as const));
    unlucky.source.settle();
    const onGivenUp = jest.fn();
    void unlucky.loop.close().then(onGivenUp);
    await unlucky.scheduler.advance(5_000);
    expect(onGivenUp).toHaveBeenCalledWith(false);
    expect(unlucky.sent.length).toBeLessThan(20);
  });

  it('waits for the answer to its last commit longer than for another try, but not for ever', async () => {
    const late = Promise.withResolvers<CommitResult>();
    const patient = loopOf([late.promise]);
    patient.source.settle();
    const onClosed = jest.fn();
    void patient.loop.close().then(onClosed);
    await patient.scheduler.advance(6_000);
    expect(onClosed).not.toHaveBeenCalled();
    late.resolve('committed');
    await settled();
    expect(onClosed).toHaveBeenCalledWith(true);

    const unanswered = loopOf([new Promise<CommitResult>(() => {})]);
    unanswered.source.settle();
    const onGivenUp = jest.fn();
    void unanswered.loop.close().then(onGivenUp);
    await unanswered.scheduler.advance(8_000);
    expect(onGivenUp).toHaveBeenCalledWith(false);
  });
});

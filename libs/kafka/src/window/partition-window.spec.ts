import { describe, expect, it } from '@jest/globals';
import { PartitionWindow } from './partition-window.js';
import { SettledOffsets } from './settled-offsets.js';

const LIMITS = { maxRecords: 4, maxBytes: 1_000, maxSpan: 100 };

describe('a partition window', () => {
  it('says how long its oldest open record has been there', () => {
    const window = new PartitionWindow(LIMITS, 10);
    expect(window.oldestTakenAtMs).toBeUndefined();
    const [first, second] = [window.take(10, 1, 100), window.take(11, 1, 200)];
    window.settle(second);
    expect(window.oldestTakenAtMs).toBe(100);
    window.settle(first);
    expect(window.oldestTakenAtMs).toBeUndefined();
  });

  it('says how old its oldest open record is by the time that it bears, and what is settled behind it', () => {
    const window = new PartitionWindow(LIMITS, 0);
    expect([window.oldestWrittenAtMs, window.settledAhead]).toEqual([undefined, 0]);
    const [first, second] = [window.take(0, 1, 5, 1_000), window.take(1, 1, 5, 2_000)];
    window.settle(second);
    expect([window.oldestWrittenAtMs, window.settledAhead]).toEqual([1_000, 1]);
    window.settle(first);
    expect([window.oldestWrittenAtMs, window.settledAhead]).toEqual([undefined, 0]);
  });

  it('takes a record larger than all its bytes when it is empty, and nothing beside it', () => {
    const window = new PartitionWindow(LIMITS, 0);
    expect(window.isFull()).toBe(false);
    const large = window.take(0, 5_000, 0);
    expect(window.isFull()).toBe(true);
    window.settle(large);
    expect(window.isHalfFree()).toBe(true);
  });

  it('is full when the span is, though nearly all is settled', () => {
    const window = new PartitionWindow({ ...LIMITS, maxRecords: 1_000 }, 0);
    const sequences = Array.from({ length: 100 }, (_, offset) => window.take(offset, 1, 0));
    for (const sequence of sequences.slice(1)) window.settle(sequence);
    expect([window.isFull(), window.openRecords, window.commitOffset]).toEqual([true, 1, 0]);
    window.settle(0);
    expect([window.isHalfFree(), window.commitOffset]).toEqual([true, 100]);
  });

  it('has something to commit after it skipped what was settled before, though nothing was settled', () => {
    const window = new PartitionWindow(LIMITS, 0, new SettledOffsets(0, Uint8Array.of(0b0000_0111)));
    window.clearDirty();
    for (const offset of [0, 1, 2]) if (window.isSettledBefore(offset)) window.skipTo(offset + 1);
    expect([window.isDirty, window.commitOffset]).toEqual([true, 3]);
  });

  it('keeps what was settled before and not yet read in its bitmap', () => {
    const window = new PartitionWindow(LIMITS, 0, new SettledOffsets(0, Uint8Array.of(0b0110_0000)));
    window.take(0, 1, 0);
    expect([...window.settledBitmap()]).toEqual([0b0110_0000]);
  });

  it('lets nothing begin once it is detached, and never comes back', () => {
    const window = new PartitionWindow(LIMITS, 0);
    const [begun, waiting] = [window.take(0, 1, 0), window.take(1, 1, 0)];
    expect(window.begin(begun)).toBe(true);
    window.enter('detached');
    window.enter('releasing');
    expect([window.phase, window.begin(waiting), window.settle(begun)]).toEqual(['detached', false, true]);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PartitionWindow, type WindowLimits } from './partition-window.js';
import { SettledOffsets } from './settled-offsets.js';

type Step =
  | { readonly kind: 'take'; readonly gap: number; readonly bytes: number }
  | { readonly kind: 'begin' | 'settle' | 'abandon'; readonly which: number }
  | { readonly kind: 'skip'; readonly by: number }
  | { readonly kind: 'drain' };

type Window = Pick<
  PartitionWindow,
  | 'abandon'
  | 'begin'
  | 'bytes'
  | 'commitOffset'
  | 'enter'
  | 'inFlight'
  | 'isFull'
  | 'isSettledBefore'
  | 'openRecords'
  | 'position'
  | 'settle'
  | 'settledBitmap'
  | 'skipTo'
  | 'take'
>;

const BITMAP_BYTES = 256;

/** The same window as a plain list, searched from the start each time. */
class NaiveWindow implements Window {
  readonly #entries: { offset: number; bytes: number; state: 'waiting' | 'begun' | 'settled' }[] = [];
  #mayBegin = true;

  constructor(
    private readonly limits: WindowLimits,
    public position: number,
    private readonly settledBefore: ReadonlySet<number>,
  ) {}

  get commitOffset(): number {
    return this.#open[0]?.offset ?? this.position;
  }

  get openRecords(): number {
    return this.#open.length;
  }

  get bytes(): number {
    return this.#open.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get inFlight(): number {
    return this.#entries.filter(({ state }) => state === 'begun').length;
  }

  isFull(): boolean {
    const { maxRecords, maxBytes, maxSpan } = this.limits;
    const span = this.position - this.commitOffset;
    return this.openRecords >= maxRecords || this.bytes >= maxBytes || span >= maxSpan;
  }

  isSettledBefore(offset: number): boolean {
    return this.settledBefore.has(offset);
  }

  take(offset: number, bytes: number): number {
    this.position = offset + 1;
    return this.#entries.push({ offset, bytes, state: 'waiting' }) - 1;
  }

  skipTo(position: number): void {
    this.position = Math.max(this.position, position);
  }

  begin(sequence: number): boolean {
    return this.#mayBegin && this.#change(sequence, ['waiting'], 'begun');
  }

  settle(sequence: number): boolean {
    return this.#change(sequence, ['waiting', 'begun'], 'settled');
  }

  abandon(sequence: number): boolean {
    return this.#change(sequence, ['begun'], 'waiting');
  }

  enter(): void {
    this.#mayBegin = false;
  }

  settledBitmap(): Uint8Array {
    const settled = this.#entries.filter(({ state }) => state === 'settled').map(({ offset }) => offset);
    return bitmapOf(this.commitOffset, [...settled, ...this.settledBefore]);
  }

  get #open() {
    return this.#entries.filter(({ state }) => state !== 'settled');
  }

  #change(sequence: number, from: readonly string[], to: 'waiting' | 'begun' | 'settled'): boolean {
    const entry = this.#entries[sequence];
    if (entry === undefined || !from.includes(entry.state)) return false;
    entry.state = to;
    return true;
  }
}

function bitmapOf(base: number, offsets: readonly number[]): Uint8Array {
  const bits = new Uint8Array(BITMAP_BYTES);
  for (const bit of offsets.map((offset) => offset - base).filter((bit) => bit >= 0))
    bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  return bits.subarray(0, bits.findLastIndex((byte) => byte !== 0) + 1);
}

/** Everything that can be seen of a window after each step. */
function replay(steps: readonly Step[], window: Window): unknown[] {
  let taken = 0;
  return steps.map((step) => {
    let answer: unknown;
    switch (step.kind) {
      case 'take': {
        const offset = window.position + step.gap;
        if (window.isFull()) break;
        if (window.isSettledBefore(offset)) window.skipTo(offset + 1);
        else answer = taken = window.take(offset, step.bytes, 0) + 1;
        break;
      }
      case 'begin':
      case 'settle':
      case 'abandon':
        if (taken > 0) answer = window[step.kind](step.which % taken);
        break;
      case 'skip':
        window.skipTo(window.position + step.by);
        break;
      case 'drain':
        window.enter('draining');
        break;
    }
    const { commitOffset, position, openRecords, inFlight, bytes } = window;
    return { answer, commitOffset, position, openRecords, inFlight, bytes, isFull: window.isFull() };
  });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('take' as const), gap: fc.nat(2), bytes: fc.nat(100) }) },
  { weight: 50, arbitrary: fc.record({ kind: fc.constantFrom('begin' as const, 'settle' as const), which: fc.nat() }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('abandon' as const), which: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('skip' as const), by: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
);

const limits = fc.record({
  maxRecords: fc.integer({ min: 1, max: 200 }),
  maxBytes: fc.integer({ min: 1, max: 10_000 }),
  maxSpan: fc.integer({ min: 1, max: 500 }),
});

describe('a partition window', () => {
  it('is what a plain list says, whatever the order of taking, beginning, settling and abandoning (promise 3) (promise 6)', () => {
    fc.assert(
      fc.property(
        limits,
        fc.nat(1_000_000),
        fc.uniqueArray(fc.nat(100), { maxLength: 30 }),
        fc.array(step, { maxLength: 600, size: 'max' }),
        (limits, base, above, steps) => {
          const known = above.map((offset) => base + offset);
          const window = new PartitionWindow(limits, base, new SettledOffsets(base, bitmapOf(base, known)));
          const naive = new NaiveWindow(limits, base, new Set(known));
          expect(replay(steps, window)).toEqual(replay(steps, naive));
          expect([...window.settledBitmap()]).toEqual([...naive.settledBitmap()]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { driftOf } from './drift.js';

const samples = (series: string, value: (index: number) => number): Record<string, number>[] =>
  Array.from({ length: 40 }, (_, index) => ({ [series]: value(index) }));

describe('driftOf', () => {
  it('calls flat what only moves about', () => {
    expect(driftOf(samples('api rss MiB', (index) => 200 + (index % 5)))).toEqual([
      { series: 'api rss MiB', before: 202, after: 202, isFlat: true },
    ]);
  });

  it('finds what rises steadily', () => {
    expect(driftOf(samples('api rss MiB', (index) => 100 + 3 * index))[0]?.isFlat).toBe(false);
    expect(driftOf(samples('api files', (index) => 40 + index))[0]?.isFlat).toBe(false);
  });

  it('forgives the first quarter: a process still warms up', () => {
    expect(driftOf(samples('api rss MiB', (index) => (index < 10 ? 50 : 200)))[0]?.isFlat).toBe(true);
  });

  it('leaves out what may move', () => {
    expect(driftOf(samples('p99 ms', (index) => index))).toEqual([]);
  });
});

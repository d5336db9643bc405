import { describe, expect, it } from '@jest/globals';
import { holds, tableOf, type Bound, type Figure } from './figure.js';
import { floorOf } from './floor.js';

const figure = (measured: number, reference: number, bound: Bound): Figure => ({
  name: 'some figure',
  unit: 'ms',
  measured,
  reference,
  referenceName: 'the bare loop',
  bound,
});

describe('a figure', () => {
  it.each<[number, number, Bound, boolean]>([
    [60, 100, { atLeast: 0.6 }, true],
    [59, 100, { atLeast: 0.6 }, false],
    [120, 100, { atMost: 1.2 }, true],
    [121, 100, { atMost: 1.2 }, false],
    [7, 1, { atMostMore: 6 }, true],
    [7.1, 1, { atMostMore: 6 }, false],
    [Number.NaN, 1, { atMostMore: 6 }, false],
  ])('of %d against %d within %j: %s', (measured, reference, bound, expected) => {
    expect(holds(figure(measured, reference, bound))).toBe(expected);
    expect(tableOf([figure(measured, reference, bound)])).toContain(expected ? 'ok' : 'MISSED');
  });

  it('has a floor in the file, or says that it has none', () => {
    expect(floorOf('delivery')).toEqual({ atLeast: 0.7 });
    expect(() => floorOf('speed')).toThrow('baseline.json says nothing of "speed"');
  });
});

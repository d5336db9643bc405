import { describe, expect, it } from '@jest/globals';
import { ArgumentFault, count, positive, someOf } from './long-form-arguments.js';

describe('arguments of a long form', () => {
  it.each([
    ['x', count],
    ['', count],
    ['1.5', count],
    ['0', count],
    ['-1', positive],
    ['Infinity', positive],
    ['x', positive],
  ])('refuse %j, and say of which', (text, read) => {
    expect(() => read('events', text)).toThrow(ArgumentFault);
    expect(() => read('events', text)).toThrow(`--events ${JSON.stringify(text)}`);
  });

  it('are numbers', () => {
    expect([count('events', '1e6'), positive('rate', '0.5')]).toEqual([1_000_000, 0.5]);
  });

  it('are some of what there is, and nothing else', () => {
    const known = ['delivery', 'pipeline', 'fanout'] as const;
    expect([...someOf('only', 'fanout, delivery', known)]).toEqual(['delivery', 'fanout']);
    expect(() => someOf('only', 'delivery,nothing', known)).toThrow(
      '--only knows delivery, pipeline, fanout; not "nothing".',
    );
    expect(() => someOf('only', '', known)).toThrow(ArgumentFault);
  });
});

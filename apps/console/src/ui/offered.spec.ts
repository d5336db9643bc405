import { describe, expect, it } from '@jest/globals';
import { offered } from './offered.js';

const OPTIONS = [
  { value: 'a', label: 'The first' },
  { value: 'b', label: 'The second' },
];

describe('offered', () => {
  it.each(['', 'a', 'b'])('leaves the options as they are when %j is chosen', (chosen) => {
    expect(offered(OPTIONS, chosen)).toEqual(OPTIONS);
  });

  it('has what is chosen, whether the list has it or not', () => {
    expect(offered(OPTIONS, 'c')).toEqual([...OPTIONS, { value: 'c', label: 'c' }]);
    expect(offered([], 'c', (value) => `…${value}`)).toEqual([{ value: 'c', label: '…c' }]);
  });
});

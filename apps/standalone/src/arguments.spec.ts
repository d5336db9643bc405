import { describe, expect, it } from '@jest/globals';
import { ArgumentError, parseArguments } from './arguments.js';

describe('parseArguments', () => {
  it.each([
    [[], { kind: 'start', demo: true }],
    [['--no-demo'], { kind: 'start', demo: false }],
    [['--no-demo', '--help'], { kind: 'help' }],
    [['-h'], { kind: 'help' }],
  ])('%j', (argv, parsed) => {
    expect(parseArguments(argv)).toEqual(parsed);
  });

  it('refuses what it does not know, by name', () => {
    expect(() => parseArguments(['--no-demo', '--nodemo'])).toThrow(
      new ArgumentError('There is no argument --nodemo.'),
    );
  });
});

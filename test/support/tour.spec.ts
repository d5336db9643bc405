import { describe, expect, it } from '@jest/globals';
import { differenceFrom, readTour } from './tour.js';

const block = (language: string, text: string): { language: string; text: string } => ({ language, text: `${text}\n` });

describe('a tour', () => {
  it('is read block by block, each reply with the commands above it', () => {
    const page = [block('console', 'npm start'), block('sh', 'A=1'), block('sh', 'echo $A'), block('json', '{"a":1}')];
    expect(readTour(page)).toEqual({
      starts: ['npm start'],
      steps: [
        { commands: 'A=1\n', reply: undefined },
        { commands: 'echo $A\n', reply: { a: 1 } },
      ],
    });
  });

  it('has no reply without a command', () => {
    expect(() => readTour([block('json', '{}')])).toThrow('no command');
    expect(() => readTour([block('sh', 'ls'), block('json', '{}'), block('json', '{}')])).toThrow('no command');
  });
});

describe('a reply as the page shows it', () => {
  it.each<[string, unknown, unknown]>([
    ['is the same', { a: [1, null, true] }, { a: [1, null, true] }],
    ['has more fields', { a: 1 }, { a: 1, b: 2 }],
    ['has another text where it differs each time', { prn: 'prn:1:…:event:…' }, { prn: 'prn:1:x:event:y' }],
    ['has any value where nothing is shown of it', { count: '…' }, { count: 0 }],
    ['has more items', ['a', '…'], ['a', 'b', 'c']],
  ])('%s', (_what, shown, reply) => {
    expect(differenceFrom(shown, reply)).toBeUndefined();
  });

  it.each<[string, unknown, unknown, string]>([
    ['another value', { a: { b: 1 } }, { a: { b: 2 } }, 'the reply.a.b is 2, not 1'],
    ['another type', { a: 1 }, { a: '1' }, 'the reply.a is "1", not 1'],
    ['no such field', { a: null }, {}, 'the reply.a is undefined, not null'],
    ['nothing where anything would do', { a: '…' }, { a: null }, 'the reply.a is not there'],
    ['more items', ['a'], ['a', 'b'], 'the reply has 2 items: ["a","b"]'],
    ['too few items', ['a', '…'], [], 'the reply has 0 items: []'],
    ['no list', { a: ['x'] }, { a: 'x' }, 'the reply.a is "x", no list'],
    [
      'another text around what differs',
      'prn:…:event:…',
      'prn:1:device:2',
      'the reply is "prn:1:device:2", not "prn:…:event:…"',
    ],
    ['no text where a text differs', 'a…', 'a', 'the reply is "a", not "a…"'],
  ])('does not have %s', (_what, shown, reply, said) => {
    expect(differenceFrom(shown, reply)).toBe(said);
  });
});

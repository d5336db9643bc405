import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parsed } from './parsed.js';
import { InvalidFields } from './problems.js';

const schema = z.strictObject({
  names: z.array(z.string(), 'must be a list').min(1, 'must name one').max(2, 'must be at most 2'),
  text: z.string('must be a text').max(2, 'must be at most 2 characters').optional(),
});

function fieldsOf(value: unknown): unknown {
  try {
    return parsed(schema, value);
  } catch (error) {
    return error instanceof InvalidFields ? error.fields : error;
  }
}

describe('what is wrong with a field', () => {
  it('is its type alone where that is wrong: a text has a length, too', () => {
    expect(fieldsOf({ names: 'failed', text: [1, 2, 3] })).toEqual({
      names: ['must be a list'],
      text: ['must be a text'],
    });
    expect(fieldsOf({ names: '' })).toEqual({ names: ['must be a list'] });
  });

  it('has a name that any client can read, however it was cut', () => {
    const errors = fieldsOf({ names: ['a'], [`${'a'.repeat(63)}😀`]: 1, '\ud83d': 1 });
    expect(Object.keys(errors as object)).toEqual([`${'a'.repeat(63)}\ufffd`, '\ufffd']);
  });

  it('is its length where the type is right', () => {
    expect(fieldsOf({ names: ['a', 'b', 'c'], text: 'abc' })).toEqual({
      names: ['must be at most 2'],
      text: ['must be at most 2 characters'],
    });
  });
});

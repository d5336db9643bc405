import { describe, expect, it } from '@jest/globals';
import { StoreError, storeErrorOf } from './store-error.js';

const withCode = (code: string, message = 'm'): Error => Object.assign(new Error(message), { code });

describe('storeErrorOf', () => {
  it.each([
    withCode('ECONNREFUSED'),
    withCode('57P01'),
    withCode('57014'),
    withCode('53300'),
    withCode('08006'),
    withCode('55P03'),
    withCode('40P01'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]),
  ])('takes %s for "not now"', (error) => {
    expect(storeErrorOf(error).code).toBe('DATABASE_UNAVAILABLE');
  });

  it.each([withCode('23505'), withCode('42P01'), withCode('22P02', 'timeout'), new Error('something else')])(
    'takes %s for a fault of the statement',
    (error) => {
      expect(storeErrorOf(error).code).toBe('QUERY_FAILED');
    },
  );

  it('keeps nothing of the statement: its parameters may hold what must not be logged', () => {
    const error = Object.assign(withCode('23505', 'duplicate'), { parameters: ['sealed'], query: 'INSERT' });
    const stored = storeErrorOf(error);
    expect(JSON.stringify([stored, stored.cause, stored.message])).not.toContain('sealed');
    expect(storeErrorOf(stored)).toBe(stored);
    expect(stored).toBeInstanceOf(StoreError);
  });
});

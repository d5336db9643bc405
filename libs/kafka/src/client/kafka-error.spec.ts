import { describe, expect, it } from '@jest/globals';
import { errorTypeOf, KafkaError, whyTriedAgain } from './kafka-error.js';

describe('error type', () => {
  it('is found down the chain of causes', () => {
    const protocol = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION' });
    const wrapped = new Error('gave up', { cause: new Error('retries', { cause: protocol }) });
    expect(errorTypeOf(wrapped)).toBe('NOT_LEADER_FOR_PARTITION');
    expect(errorTypeOf(new KafkaError('KAFKA_UNAVAILABLE', 'x', { cause: wrapped }))).toBe('NOT_LEADER_FOR_PARTITION');
  });

  it('is found in a list of errors', () => {
    expect(errorTypeOf({ errors: [{ type: 'INVALID_REPLICATION_FACTOR' }] })).toBe('INVALID_REPLICATION_FACTOR');
  });

  it.each([[undefined], [null], ['text'], [new Error('closed')], [{ errors: [] }]])('of %p is unknown', (error) => {
    expect(errorTypeOf(error)).toBeUndefined();
  });

  it('ends on a loop of causes', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(errorTypeOf(error)).toBeUndefined();
  });
});

it('a line tells the word of the broker, or else the error', () => {
  const closed = new Error('closed');
  expect([whyTriedAgain({ type: 'NOT_LEADER_FOR_PARTITION' }), whyTriedAgain(closed)]).toEqual([
    { reason: 'NOT_LEADER_FOR_PARTITION' },
    { error: closed },
  ]);
});

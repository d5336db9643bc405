import { expect, it } from '@jest/globals';
import { internalOf } from '../client/kafkajs.js';

interface Message {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

type Filter = (fetched: {
  messages: readonly Message[];
  abortedTransactions: readonly { producerId: string; firstOffset: string }[];
}) => readonly Message[];

const filter = internalOf('consumer/filterAbortedMessages') as Filter;

const of = (producerId: string, offset: number, key: Buffer | null = null): Message => ({
  offset: String(offset),
  key,
  batchContext: { producerId, inTransaction: true },
});
const abortOf = (producerId: string, offset: number): Message => of(producerId, offset, Buffer.alloc(4));
const offsetsOf = (messages: readonly Message[]): string[] =>
  messages.filter(({ key }) => key === null).map(({ offset }) => offset);

// When either fails, the client can be given the broker's list again.
it('takes aborted transactions, which a broker tells of by their ends, for told of by their beginnings', () => {
  const messages = [of('1', 0), of('1', 1), of('2', 2), abortOf('2', 3), of('1', 4), abortOf('1', 5)];
  const abortedTransactions = [
    { producerId: '2', firstOffset: '2' },
    { producerId: '1', firstOffset: '0' },
  ];
  expect(offsetsOf(filter({ messages, abortedTransactions }))).toEqual(['0', '1']);
});

it('hands out the first records of a fetch that begins inside several aborted transactions', () => {
  const messages = [of('3', 100), of('3', 101), abortOf('1', 102), abortOf('2', 103), abortOf('3', 104)];
  const abortedTransactions = ['1', '2', '3'].map((producerId) => ({ producerId, firstOffset: producerId }));
  expect(offsetsOf(filter({ messages, abortedTransactions }))).toEqual(['100', '101']);
});

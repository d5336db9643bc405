import { describe, expect, it } from '@jest/globals';
import { CLIENT_RETRY } from '../client/client-factory.js';
import { internalOf } from '../client/kafkajs.js';
import { PRODUCE_RETRY } from '../producer/produce-client.js';

type Retrier = (attempt: () => Promise<never>) => Promise<never>;

const createRetry = internalOf('retry') as (options: object) => Retrier;
const documented = internalOf('retry/defaults') as { readonly retries: number };

describe("the client's retries", () => {
  it('have other defaults in a test run, which is why ours are given in full', async () => {
    let tries = 0;
    const retrier = createRetry({ initialRetryTime: 1, maxRetryTime: 1 });
    await expect(
      retrier(() => {
        tries += 1;
        return Promise.reject(new Error('again'));
      }),
    ).rejects.toThrow('again');
    // When this fails, a test run is like any other.
    expect(tries).not.toBe(documented.retries + 1);
  });

  it.each([
    ['clients', CLIENT_RETRY],
    ['produce calls', PRODUCE_RETRY],
  ])('of %s leave no default to chance', (_, retry) => {
    expect(Object.keys(retry).toSorted()).toEqual(Object.keys(documented).toSorted());
  });
});

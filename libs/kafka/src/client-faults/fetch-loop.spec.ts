import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { internalOf } from '../client/kafkajs.js';

/* How the client fetches. Each of these is the reason for something of ours; when one fails, that can go. */

interface FetchManager {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const createFetchManager = internalOf('consumer/fetchManager') as (options: object) => FetchManager;
const ConsumerGroup = internalOf('consumer/consumerGroup') as {
  readonly prototype: { fetch(this: object, nodeId: number): Promise<unknown[]> };
};

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, namespace: () => logger };

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

describe('fetching of the client', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('stops for a whole broker while one of its batches is handled: our handler queues and returns', async () => {
    let fetches = 0;
    const handled: number[] = [];
    const slow = Promise.withResolvers<void>();
    const manager = createFetchManager({
      logger,
      concurrency: 4,
      getNodeIds: () => [1],
      fetch: async () => {
        fetches += 1;
        await turns(1);
        return fetches === 1 ? [0, 1].map((partition) => ({ topic: 't', partition })) : [];
      },
      handler: async ({ partition }: { partition: number }) => {
        if (partition === 0) await slow.promise;
        handled.push(partition);
      },
    });
    const running = manager.start();
    await turns(50);
    expect([fetches, handled]).toEqual([1, [1]]);
    slow.resolve();
    await turns(50);
    expect(fetches).toBeGreaterThan(1);
    await manager.stop();
    await running;
  });

  it('sleeps for its longest wait when all is paused, whatever is resumed meanwhile: ours is short', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const group = {
      maxWaitTime: 250,
      cluster: { refreshMetadataIfNecessary: async () => {} },
      checkForStaleAssignment: () => {},
      subscriptionState: { assigned: () => [{ topic: 't', partitions: [0] }] },
      filterPartitionsByNode: (_: number, all: unknown) => all,
      seekOffsets: async () => {},
      offsetManager: { committedOffsets: () => ({ t: { 0: '0' } }) },
      getActiveTopicPartitions: () => ({ t: new Set() }),
    };
    const fetched: unknown[] = [];
    const fetching = ConsumerGroup.prototype.fetch.call(group, 1).then((batches) => fetched.push(batches));
    await turns(5);
    jest.advanceTimersByTime(249);
    await turns(5);
    expect(fetched).toEqual([]);
    jest.advanceTimersByTime(1);
    await fetching;
    expect(fetched).toEqual([[]]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { callPartitioner } from './call-partitioner.js';
import { clientSending, errorOfCode } from './testing/client-sending.js';

const NOT_LEADER = 6;

/** A broker that takes no call the first time, and what became of the second. */
async function sendTwice(isAwaited: (() => boolean) | undefined) {
  let calls = 0;
  const broker = {
    nodeId: '1',
    produce: async () => {
      calls += 1;
      if (calls === 1) throw errorOfCode(NOT_LEADER);
      return { topics: [{ topicName: 't', partitions: [{ partition: 1, errorCode: 0 }] }] };
    },
  };
  const told: [string, number][] = [];
  const sendMessages = clientSending(
    [broker],
    () => '1',
    callPartitioner((topic, partitions) => told.push([topic, partitions])),
  );
  const messages = [{ partition: 1, value: null, recordBatch: Buffer.alloc(0), ...(isAwaited && { isAwaited }) }];
  const outcome = await sendMessages({ acks: -1, topicMessages: [{ topic: 't', messages }] }).then(
    () => 'written',
    (error: unknown) => String(error),
  );
  return { outcome, calls, told };
}

describe('the partitioner of a call', () => {
  it('sends a batch where it belongs, again if need be, and says how many partitions there are', async () => {
    const again = { outcome: 'written', calls: 2, told: Array.from({ length: 2 }, () => ['t', 2]) };
    expect(await sendTwice(undefined)).toEqual(again);
    expect(await sendTwice(() => true)).toEqual(again);
  });

  it('ends a call that was given back to its caller, so that nothing of it is written later', async () => {
    let tries = 0;
    const { outcome, calls } = await sendTwice(() => ++tries === 1);
    expect(outcome).toContain('given back');
    expect(calls).toBe(1);
  });
});

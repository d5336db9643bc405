import { describe, expect, it } from '@jest/globals';
import { fatesOf } from './produce-check.js';
import { clientSending, errorOfCode, partitionsOf, type ScriptedBroker } from './testing/client-sending.js';

const NOT_LEADER = 6;

/** Two brokers; 1 leads partition 0 and answers at once, 2 led partition 1 but has just handed it to 1. */
function brokersWithAMovedLeader() {
  const written: number[] = [];
  let leaderOfOne = '2';
  const brokers: ScriptedBroker[] = [
    {
      nodeId: '1',
      produce: async (call) => {
        const partitions = partitionsOf(call);
        written.push(...partitions);
        return {
          topics: [{ topicName: 't', partitions: partitions.map((partition) => ({ partition, errorCode: 0 })) }],
        };
      },
    },
    {
      nodeId: '2',
      produce: async () => {
        leaderOfOne = '1';
        throw errorOfCode(NOT_LEADER);
      },
    },
  ];
  return { brokers, leaderOf: (partition: number) => (partition === 0 ? '1' : leaderOfOne), written };
}

describe('a partition whose leader moves during a call', () => {
  it('is lost without an error by the client, and found missing by our check', async () => {
    const { brokers, leaderOf, written } = brokersWithAMovedLeader();
    const sendMessages = clientSending(brokers, leaderOf, ({ message }) => message.partition ?? 0);
    const sent = [0, 1].map((partition) => ({ topic: 't', partition }));
    const replies = await sendMessages({
      acks: -1,
      topicMessages: [{ topic: 't', messages: sent.map(({ partition }) => ({ partition, value: 'v' })) }],
    });
    // It resolved, yet partition 1 was never written. When this fails, the check has lost its reason.
    expect(written).toEqual([0]);
    expect(fatesOf(sent, replies).map(({ kind }) => kind)).toEqual(['written', 'missing']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { internalOf, Partitioners } from '../client/kafkajs.js';
import { Partitioner } from '../producer/partitioner.js';

type Grouped = Record<number, readonly object[]>;
type Step = (grouped: Grouped, message: object) => Grouped;

const groupMessagesPerPartition = internalOf('producer/groupMessagesPerPartition') as (call: {
  topic: string;
  partitionMetadata: readonly object[];
  messages: { reduce(step: Step, grouped: Grouped): Grouped };
  partitioner: () => number;
}) => Grouped;

/** Elements that the client copies while it sorts so many records of one partition. */
function copiesOf(records: number): number {
  let copied = 0;
  groupMessagesPerPartition({
    topic: 't',
    partitionMetadata: [{}],
    partitioner: () => 0,
    messages: {
      reduce(step, grouped) {
        for (let taken = 0; taken < records; taken += 1) {
          const before = grouped[0];
          grouped = step(grouped, {});
          if (before !== undefined && grouped[0] !== before) copied += before.length;
        }
        return grouped;
      },
    },
  });
  return copied;
}

function shortestMs(work: () => void): number {
  let shortest = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now();
    work();
    shortest = Math.min(shortest, performance.now() - startedAt);
  }
  return shortest;
}

describe('what the client would cost', () => {
  it('copies all earlier records for each record of a partition, which is why it gets one message per batch', () => {
    // When this fails, the client may see single records again.
    expect([10, 100, 1_000].map(copiesOf)).toEqual([45, 4_950, 499_500]);
  });

  it('takes several times as long as we do to place a key, which is why we place them', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => `prn:1:device:${index}`);
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    const stock = Partitioners.DefaultPartitioner();
    const theirs = shortestMs(() => {
      for (const key of keys) stock({ topic: 't', partitionMetadata, message: { key, value: null } });
    });
    const ours = shortestMs(() => {
      // A new one: nothing is remembered.
      const partitioner = new Partitioner();
      for (const key of keys) partitioner.partitionOf(key, 12);
    });
    expect(theirs / ours).toBeGreaterThan(2);
  });
});

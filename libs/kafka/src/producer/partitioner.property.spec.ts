import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Partitioners } from '../client/kafkajs.js';
import { Partitioner } from './partitioner.js';

const metadata = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));

describe('partitioner', () => {
  it('puts every key where the client, and so every Kafka client, would', () => {
    const reference = Partitioners.DefaultPartitioner();
    const partitioner = new Partitioner();
    // One byte as a character, but two in UTF-8.
    const latin1 = fc.string({ unit: fc.nat({ max: 0xff }).map((code) => String.fromCodePoint(code)) });
    const keys = fc.oneof(latin1, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' }), fc.uuid());
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 200 }), (key, partitions) => {
        const wanted = reference({
          topic: 't',
          partitionMetadata: metadata(partitions),
          message: { key, value: null },
        });
        expect(partitioner.partitionOf(key, partitions)).toBe(wanted);
        // From memory, too.
        expect(partitioner.partitionOf(key, partitions)).toBe(wanted);
      }),
      { numRuns: 2_000 },
    );
  });

  it('forgets, but is never wrong', () => {
    const partitioner = new Partitioner();
    const before = partitioner.partitionOf('first', 1_000);
    for (let i = 0; i < 40_000; i += 1) partitioner.partitionOf(`key-${i}`, 1_000);
    expect(partitioner.partitionOf('first', 1_000)).toBe(before);
  });
});

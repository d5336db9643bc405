import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isKafkaReady, readMetadataReply } from './kafka-metadata.js';

interface Partition {
  readonly error: number;
  readonly leader: number;
}

const int16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const text = (value: string | null): Buffer =>
  value === null ? int16(-1) : Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
const list = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);

/** A Metadata reply (version 1) of one broker. */
function metadataReply(topics: Readonly<Record<string, readonly Partition[]>>): Buffer {
  const broker = Buffer.concat([int32(1), text('127.0.0.1'), int32(9_092), text(null)]);
  const topicList = Object.entries(topics).map(([name, partitions]) =>
    Buffer.concat([
      int16(0),
      text(name),
      Buffer.of(0),
      list(
        partitions.map(({ error, leader }, index) =>
          Buffer.concat([int16(error), int32(index), int32(leader), list([int32(1)]), list([int32(1)])]),
        ),
      ),
    ]),
  );
  return Buffer.concat([int32(1), list([broker]), int32(1), list(topicList)]);
}

const LED: Partition = { error: 0, leader: 1 };
const ORPHANED: Partition = { error: 5, leader: -1 };

describe('readMetadataReply', () => {
  it.each([
    ['no topic', {}, 0],
    ['leaders everywhere', { 'fleet.events': [LED, LED], 'webhook.deliveries': [LED] }, 0],
    ['a partition without a leader', { 'fleet.events': [LED, ORPHANED], 'webhook.dead': [ORPHANED] }, 2],
  ])('reads %s', (_, topics, partitionsWithoutLeader) => {
    expect(readMetadataReply(metadataReply(topics))).toEqual({ brokers: 1, partitionsWithoutLeader });
  });
});

describe('isKafkaReady', () => {
  it.each([
    ['leaders everywhere', { 'fleet.events': [LED] }, true],
    ['a partition without a leader', { 'fleet.events': [ORPHANED] }, false],
  ])('with %s', async (_, topics, ready) => {
    const reply = metadataReply(topics);
    const server = createServer((socket) => {
      socket.once('data', () => {
        // In two pieces, as a network may.
        socket.write(int32(reply.length));
        socket.write(reply);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await expect(isKafkaReady('127.0.0.1', (server.address() as AddressInfo).port)).resolves.toBe(ready);
    } finally {
      server.close();
    }
  });

  it('is not, where nobody listens', async () => {
    await expect(isKafkaReady('127.0.0.1', 1)).resolves.toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { internalOf } from '../client/kafkajs.js';

/* What the client does with positions and pauses. Each of these is the reason for something of ours; when one fails, that can go. */

interface OffsetManager {
  readonly committedOffsets: () => Record<string, Record<number, string>>;
  nextOffset(topic: string, partition: number): { toString(): string };
  seek(to: { topic: string; partition: number; offset: string }): Promise<void>;
}

interface SubscriptionState {
  assign(assignment: readonly object[]): void;
  pause(partitions: readonly object[]): void;
  isPaused(topic: string, partition: number): boolean;
}

interface Batch {
  readonly fetchedOffset: string;
  firstOffset(): string | null;
  lastOffset(): string;
}

const Cluster = internalOf('cluster') as {
  readonly prototype: { committedOffsets: (this: object, group: object) => Record<string, Record<number, string>> };
};
const OffsetManager = internalOf('consumer/offsetManager') as new (options: object) => OffsetManager;
const SubscriptionState = internalOf('consumer/subscriptionState') as new () => SubscriptionState;
const Batch = internalOf('consumer/batch') as new (topic: string, fetchedOffset: string, data: object) => Batch;
const ConsumerGroup = internalOf('consumer/consumerGroup') as {
  readonly prototype: { recoverFromFetch(this: object, error: Error): Promise<void> };
};

/** Of one member after one join; all managers of a cluster have their committed offsets from it. */
function offsetManager(cluster: object): OffsetManager {
  return new OffsetManager({ cluster, memberAssignment: { t: [0] }, groupId: 'g', autoCommit: false });
}

function clusterOfOneClient(): object {
  return {
    committedOffsetsByGroup: new Map(),
    committedOffsets: Cluster.prototype.committedOffsets,
  };
}

describe('positions of the client', () => {
  it('fall back to the committed offsets at every join: we seek to ours', async () => {
    const cluster = clusterOfOneClient();
    const before = offsetManager(cluster);
    before.committedOffsets()['t'] = { 0: '100' };
    await before.seek({ topic: 't', partition: 0, offset: '150' });
    expect(String(before.nextOffset('t', 0))).toBe('150');
    const after = offsetManager(cluster);
    after.committedOffsets()['t'] = { 0: '100' };
    expect(String(after.nextOffset('t', 0))).toBe('100');
  });

  it('are shared by the consumers of one client and group: each of ours has its own client', () => {
    const cluster = clusterOfOneClient();
    const first = offsetManager(cluster);
    first.committedOffsets()['t'] = { 0: '100' };
    offsetManager(cluster);
    expect(first.committedOffsets()['t']).toEqual({});
  });

  it.each(['-1', '-2'])('become 0 after a seek to %s: we seek to real offsets only', async (special) => {
    const manager = offsetManager(clusterOfOneClient());
    manager.committedOffsets()['t'] = { 0: '100' };
    await manager.seek({ topic: 't', partition: 0, offset: special });
    expect(String(manager.nextOffset('t', 0))).toBe('0');
  });

  it('are kept in pauses over a join: we resume what may be fetched', () => {
    const state = new SubscriptionState();
    state.assign([{ topic: 't', partitions: [0, 1] }]);
    state.pause([{ topic: 't', partitions: [1] }]);
    state.assign([{ topic: 't', partitions: [0] }]);
    state.assign([{ topic: 't', partitions: [0, 1] }]);
    expect(state.isPaused('t', 1)).toBe(true);
  });

  it('lose the pause of a whole topic with the next one of a partition: we pause partitions only', () => {
    const state = new SubscriptionState();
    state.assign([{ topic: 't', partitions: [0, 1] }]);
    state.pause([{ topic: 't' }]);
    expect(state.isPaused('t', 0)).toBe(true);
    state.pause([{ topic: 't', partitions: [1] }]);
    expect(state.isPaused('t', 0)).toBe(false);
  });

  it('are lost in a join without the event that announces one, after a leader moved: we trust only the join', async () => {
    const told: string[] = [];
    const group = {
      logger: { debug: () => {} },
      instrumentationEmitter: { emit: (event: string) => told.push(event) },
      cluster: { refreshMetadata: async () => {} },
      joinAndSync: async () => void told.push('joined'),
    };
    const moved = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION' });
    await ConsumerGroup.prototype.recoverFromFetch.call(group, moved);
    expect(told).toEqual(['joined']);
  });
});

const fetched = (...offsets: string[]): object => ({
  partition: 0,
  highWatermark: '40',
  abortedTransactions: [],
  messages: offsets.map((offset) => ({ offset, isControlRecord: false })),
});

describe('a batch of the client', () => {
  it('knows where it was fetched, which its types do not say: we compare it with our position', () => {
    expect(new Batch('t', '20', fetched('20', '21')).fetchedOffset).toBe('20');
  });

  it('steps over one offset only when all it holds lies below, as after compaction: our writer keeps batches small', () => {
    const compacted = new Batch('t', '20', fetched('10', '19'));
    expect([compacted.firstOffset(), compacted.lastOffset()]).toEqual([null, '20']);
  });
});

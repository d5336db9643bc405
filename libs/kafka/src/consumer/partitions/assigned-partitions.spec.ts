import { beforeEach, describe, expect, it } from '@jest/globals';
import { encodePayload } from '../../client/protocol/record-payload.js';
import { ManualScheduler } from '../../window/manual-scheduler.js';
import type { KafkaRecord } from '../kafka-batch.js';
import { AssignedPartitions } from './assigned-partitions.js';

const GRACE_MS = 5_000;

let scheduler: ManualScheduler;
let engine: AssignedPartitions;
let records: KafkaRecord[];
let zombies: string[];

beforeEach(async () => {
  scheduler = new ManualScheduler();
  [records, zombies] = [[], []];
  engine = new AssignedPartitions({
    limits: { maxRecords: 10, maxBytes: 100_000, maxSpan: 100 },
    graceMs: GRACE_MS,
    sessionTimeoutMs: 30_000,
    commitIntervalMs: 100,
    commitThreshold: 100,
    handoverPollMs: 50,
    scheduler,
    port: {
      pause: () => {},
      resume: () => {},
      seek: () => {},
      commit: () => Promise.resolve('committed'),
      readCommitted: (partitions) =>
        Promise.resolve(partitions.map((partition) => ({ ...partition, offset: -1, metadata: null }))),
      readLogRanges: (partitions) =>
        Promise.resolve(partitions.map((partition) => ({ ...partition, low: 0, high: 9 }))),
    },
    observer: {
      onHandover: () => {},
      onHandlerFailure: () => {},
      onQuestionFailed: () => {},
      onExpired: () => {},
      onRecreated: () => {},
      onZombie: (result) => zombies.push(result),
      onCommit: () => {},
    },
    handle: (batch) => records.push(...batch.records),
    topicNameOf: (topic) => topic,
  });
  engine.onJoined('one', { t: [0] });
  await scheduler.advance(200);
  engine.onBatch({
    topic: 't',
    partition: 0,
    fetchedOffset: 0,
    highWatermark: 9,
    lastOffset: 1,
    messages: ['0', '1'].map((offset) => ({
      offset,
      timestamp: '0',
      payloadBytes: 0,
      copyPayload: () => encodePayload(null, null, {}),
    })),
    isOutdated: false,
    resolveOffset: () => {},
  });
  await scheduler.advance(0);
  if (records.length !== 2) throw new Error('the records were not handed over');
});

/** What becomes of a record that had failed, and of one that had not begun. */
function goOn(): { begins: boolean; decided: boolean[] } {
  const [failed, waiting] = records;
  const decided: boolean[] = [];
  failed?.onceSure(() => decided.push(failed.mayForward));
  return { begins: waiting?.begin() === true, decided };
}

describe('a partition that goes to another while the group joins anew', () => {
  it('is ours until we have read it, and what had begun is forwarded by us', async () => {
    expect(records[0]?.begin()).toBe(true);
    engine.onRebalancing();
    await scheduler.advance(10_000);
    const { begins, decided } = goOn();
    expect([begins, decided]).toEqual([true, [true]]);
    engine.onJoined('one', { t: [] });
    expect(records[0]?.mayForward).toBe(true);
    expect(zombies).toEqual([]);
  });

  it('is not ours any more for one who stood still meanwhile, for longer than its heir waits', async () => {
    expect(records[0]?.begin()).toBe(true);
    engine.onRebalancing();
    scheduler.standStill(GRACE_MS + 2_000);
    const { begins, decided } = goOn();
    expect([begins, decided]).toEqual([false, []]);
    engine.onJoined('one', { t: [] });
    await scheduler.advance(0);
    expect(decided).toEqual([false]);
    records[0]?.settle();
    expect(zombies).toEqual(['settled']);
  });

  it('goes on where it was when it stays ours after all', async () => {
    engine.onRebalancing();
    scheduler.standStill(GRACE_MS + 2_000);
    expect(records[0]?.begin()).toBe(false);
    engine.onJoined('one', { t: [0] });
    await scheduler.advance(0);
    expect(records[0]?.begin()).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { SettledOffsets } from '../../window/settled-offsets.js';
import { ManualScheduler, settled } from '../../window/manual-scheduler.js';
import type { LogRange } from '../../window/handover.js';
import type { KafkaRecord } from '../kafka-batch.js';
import { encodePayload } from '../../client/protocol/record-payload.js';
import { OwnedPartition } from './owned-partition.js';
import type { FetchedBatch, PartitionContext } from './partition-context.js';

function openPartition(position = 100, limits = { maxRecords: 10, maxBytes: 1_000_000, maxSpan: 1_000 }) {
  const scheduler = new ManualScheduler();
  const said: string[] = [];
  const records: KafkaRecord[] = [];
  const state = {
    range: { topic: 't', partition: 0, low: 0, high: 1_000 } as LogRange | Error,
    resolved: -1,
    isMember: true,
  };
  const context: PartitionContext<OwnedPartition> = {
    limits,
    graceMs: 1_000,
    scheduler,
    flow: {
      pause: () => said.push('pause'),
      resume: () => said.push('resume'),
      seek: (_, offset) => said.push(`seek ${offset}`),
    },
    commits: { countSettled: () => {}, soon: () => {} },
    isSurelyMember: () => state.isMember,
    handle: (batch) => records.push(...batch.records),
    readLogRange: async () => {
      if (state.range instanceof Error) throw state.range;
      return state.range;
    },
    onHandlerFailure: () => said.push('handler failed'),
    onCheckFailure: () => said.push('check failed'),
    onExpired: (_, offsets) => said.push(`expired ${offsets}`),
    onZombie: (result) => said.push(`zombie ${result}`),
    onQuiet: () => said.push('quiet'),
    onGone: () => said.push('gone'),
    onRecreated: (_, { low }) => said.push(`recreated ${low}`),
  };
  const partition = new OwnedPartition(context, 'p.t', 0, 't');
  partition.start({ position, settledBefore: SettledOffsets.NONE });
  claim(partition);
  said.length = 0;
  const fetch = (from: number, to: number, rest: Partial<FetchedBatch> = {}): void => {
    partition.take({
      topic: 'p.t',
      partition: 0,
      fetchedOffset: from,
      highWatermark: 1_000,
      lastOffset: to,
      messages: Array.from({ length: to - from + 1 }, (_, index) => ({
        offset: String(from + index),
        timestamp: '0',
        payloadBytes: 0,
        copyPayload: () => encodePayload(null, null, {}),
      })),
      isOutdated: false,
      resolveOffset: (offset) => {
        state.resolved = offset;
      },
      ...rest,
    });
  };
  return { scheduler, partition, said, records, state, fetch };
}

function claim(partition: OwnedPartition): void {
  const offset = partition.prepareCommit();
  if (offset !== undefined) partition.onCommitted(offset);
}

describe('a partition that we own', () => {
  it('dispatches nothing before its claim is committed', () => {
    const { partition, said } = openPartition();
    const other = openPartition();
    expect(said).toEqual([]);
    expect(partition.prepareCommit()).toBeUndefined();
    other.partition.onCommitFailed();
    expect(other.partition.prepareCommit()?.metadata).toBe('1:');
  });

  it('takes as much as its window holds, leaves the rest to be fetched again, and resumes below half', () => {
    const { said, records, state, fetch } = openPartition();
    fetch(100, 119);
    expect([records.length, state.resolved, said]).toEqual([10, 109, ['pause']]);
    for (const record of records.slice(0, 4)) record.settle();
    expect(said).toEqual(['pause']);
    records[4]?.settle();
    expect(said).toEqual(['pause', 'resume']);
  });

  it('takes nothing of a batch that the client has given up', () => {
    const { records, state, fetch } = openPartition();
    fetch(100, 105, { isOutdated: true });
    expect([records.length, state.resolved]).toEqual([0, -1]);
  });

  it('goes back when a batch starts above its position', async () => {
    const { said, records, state, fetch } = openPartition();
    fetch(105, 110);
    await settled();
    expect([records.length, state.resolved, said]).toEqual([0, -1, ['pause', 'seek 100', 'resume']]);
  });

  it('says how much retention took, and goes on behind it', async () => {
    const { said, records, state, fetch } = openPartition();
    state.range = { topic: 't', partition: 0, low: 500, high: 1_000 };
    fetch(500, 505);
    await settled();
    expect(said).toEqual(['pause', 'expired 400', 'seek 500', 'resume']);
    fetch(500, 505);
    expect(records).toHaveLength(6);
  });

  it('asks again when the beginning of the log cannot be read', async () => {
    const { scheduler, said, state, fetch } = openPartition();
    state.range = new Error('away');
    fetch(105, 110);
    await scheduler.advance(1_000);
    expect(said).toEqual(['pause', 'check failed', 'seek 100', 'resume']);
  });

  it('notices a log that ends below its position: the topic was made anew', async () => {
    const { said, state, fetch } = openPartition();
    state.range = { topic: 't', partition: 0, low: 0, high: 20 };
    fetch(0, 19, { highWatermark: 20 });
    await settled();
    expect(said).toEqual(['pause', 'recreated 0']);
  });

  it('passes over control records with the last message before them', () => {
    const { partition, state, fetch } = openPartition();
    fetch(100, 103, { lastOffset: 105 });
    expect([state.resolved, partition.window?.position]).toEqual([105, 106]);
  });

  it('follows the client over batches that held no record, if they adjoin its position', () => {
    const { partition } = openPartition();
    partition.passOver(100, 104);
    expect(partition.window?.position).toBe(105);
    partition.passOver(110, 120);
    expect(partition.window?.position).toBe(105);
    // All of it lay below what was asked for: there is nothing at that one offset.
    partition.passOver(null, 105);
    expect(partition.window?.position).toBe(106);
  });

  it('begins nothing while it may have been taken for dead, and hands it out again once it was not', async () => {
    const { partition, records, state, fetch } = openPartition();
    fetch(100, 102);
    await settled();
    state.isMember = false;
    expect(records.map((record) => record.begin())).toEqual([false, false, false]);
    expect(records[0]?.begin()).toBe(false);
    state.isMember = true;
    partition.onMemberConfirmed();
    await settled();
    expect(records).toHaveLength(6);
    expect(records.slice(3).map((record) => record.begin())).toEqual([true, true, true]);
    partition.onMemberConfirmed();
    await settled();
    expect(records).toHaveLength(6);
  });

  it('drops what it held back when it was taken for dead', () => {
    const { partition, records, state, fetch } = openPartition();
    fetch(100, 102);
    state.isMember = false;
    for (const record of records) record.begin();
    partition.detach();
    state.isMember = true;
    partition.onMemberConfirmed();
    expect(records).toHaveLength(3);
  });

  it('says whether one may forward once it knows: while it may have been taken for dead, only when the brokers speak', async () => {
    const { partition, records, state, fetch } = openPartition();
    fetch(100, 101);
    const answers: (boolean | undefined)[] = [];
    const [first, second] = records;
    for (const record of [first, second]) record?.begin();
    const ask = (record?: KafkaRecord): void => record?.onceSure(() => answers.push(record.mayForward));
    ask(first);
    expect(answers).toEqual([true]);
    state.isMember = false;
    ask(first);
    ask(second);
    await settled();
    expect(answers).toEqual([true]);
    state.isMember = true;
    partition.onMemberConfirmed();
    await settled();
    expect(answers).toEqual([true, true, true]);
    partition.onMemberConfirmed();
    await settled();
    expect(answers).toHaveLength(3);
  });

  it('says that one may not once it is given up', async () => {
    const { partition, records, state, fetch } = openPartition();
    fetch(100, 100);
    const [record] = records;
    record?.begin();
    state.isMember = false;
    const answers: (boolean | undefined)[] = [];
    record?.onceSure(() => answers.push(record.mayForward));
    partition.detach();
    await settled();
    expect(answers).toEqual([false]);
    record?.onceSure(() => answers.push(record.mayForward));
    expect(answers).toEqual([false, false]);
  });

  it('leaves nothing undecided that it releases: its grace ends that', async () => {
    const { scheduler, partition, records, state, fetch } = openPartition();
    fetch(100, 100);
    const [record] = records;
    record?.begin();
    partition.release();
    state.isMember = false;
    const answers: (boolean | undefined)[] = [];
    record?.onceSure(() => answers.push(record.mayForward));
    await scheduler.advance(999);
    expect(answers).toEqual([]);
    await scheduler.advance(1);
    expect(answers).toEqual([false]);
  });

  it('hands out again what was abandoned, after a while', async () => {
    const { scheduler, records, fetch } = openPartition();
    fetch(100, 101);
    const [first] = records;
    expect([first?.begin(), first?.begin()]).toEqual([true, false]);
    first?.abandon();
    expect(records).toHaveLength(2);
    await scheduler.advance(1_000);
    expect(records.map(({ offset }) => offset)).toEqual([100, 101, 100]);
    expect(first?.begin()).toBe(true);
  });

  it('releases only once nothing is in flight, and forwards nothing after its grace', async () => {
    const { scheduler, partition, said, records, fetch } = openPartition();
    fetch(100, 103);
    const [first, second, third] = records;
    first?.begin();
    second?.begin();
    partition.release();
    expect([third?.begin(), first?.mayForward, partition.prepareCommit()]).toEqual([false, true, undefined]);
    second?.settle();
    expect(partition.prepareCommit()).toBeUndefined();
    first?.settle();
    const released = partition.prepareCommit();
    expect(released).toMatchObject({ offset: 102, metadata: 'r:' });
    if (released !== undefined) partition.onCommitted(released);
    expect(said).toContain('gone');
    const late = openPartition();
    late.fetch(100, 100);
    late.records[0]?.begin();
    late.partition.release();
    await scheduler.advance(1_000);
    await late.scheduler.advance(999);
    expect(late.records[0]?.mayForward).toBe(true);
    await late.scheduler.advance(1);
    expect(late.records[0]?.mayForward).toBe(false);
    late.records[0]?.settle();
    expect([late.partition.prepareCommit(), late.said.includes('zombie settled')]).toEqual([undefined, true]);
  });

  it('forwards nothing and commits nothing from the moment when others may have owned it', () => {
    const { partition, said, records, fetch } = openPartition();
    fetch(100, 101);
    records[0]?.begin();
    partition.detach();
    expect([records[0]?.mayForward, records[1]?.begin()]).toEqual([false, false]);
    records[0]?.abandon();
    expect(said).toContain('zombie abandoned');
    expect(partition.prepareCommit()).toBeUndefined();
  });

  it('marks its last commit as released when it drains, but not while something is in flight', () => {
    const { partition, said, records, fetch } = openPartition();
    fetch(100, 101);
    records[0]?.begin();
    partition.drain();
    expect(records[1]?.begin()).toBe(false);
    expect(partition.prepareCommit()).toBeUndefined();
    records[0]?.settle();
    expect(said).toContain('quiet');
    expect(partition.prepareCommit()).toMatchObject({ offset: 101, metadata: 'r:' });
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { GroupModel, isCovered } from '../group/group-model.js';
import { MemberModel, type Dice, type ModelOptions } from '../group/member-model.js';

/** Repeatable chance, cheap enough for thousands of throws a run. */
function diceOf(seed: number): Dice {
  let state = seed | 0;
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return sides <= 1 ? 0 : ((mixed ^ (mixed >>> 15)) >>> 0) % sides;
  };
}

jest.setTimeout(120_000);

const STEPS = 400;

async function step(group: GroupModel): Promise<void> {
  const { dice, partitions } = group.options;
  const member = group.members[dice(group.members.length)];
  if (member === undefined) return;
  switch (dice(16)) {
    case 0:
      return group.pass(dice(4) === 0 ? 600 : 60);
    case 1:
      if (dice(3) === 0) group.rejoin();
      return dice(3) === 0 ? churn(group) : undefined;
    case 2:
      return dice(4) === 0 && !member.isAbsent ? replace(group, member) : undefined;
    case 3:
      return group.faults && dice(4) === 0 ? fail(group, member) : undefined;
    case 4:
      return dice(2) === 0 ? member.deliverLate() : undefined;
    case 5:
    case 6:
    case 7:
      return member.fetch(dice(partitions), dice(4) === 0);
    case 8:
    case 9:
    case 10:
      for (let count = dice(6); count > 0; count--) member.begin();
      return;
    case 11:
      return member.finish(dice(4) > 0);
    default:
      for (let count = dice(6); count > 0; count--) member.finish(true);
      return group.settle();
  }
}

/** A rolling deploy: one more joins, one drains and leaves. */
async function replace(group: GroupModel, member: MemberModel): Promise<void> {
  group.members.push(new MemberModel(group));
  group.rejoin();
  await group.pass(60);
  await member.drain();
  group.members = group.members.filter((other) => other !== member);
  group.rejoin();
}

async function fail(group: GroupModel, member: MemberModel): Promise<void> {
  const { dice, graceMs } = group.options;
  if (member.isAbsent) return member.comeBack();
  switch (dice(4)) {
    case 0:
      return group.pass(graceMs);
    case 1:
      return group.fallSilent();
    case 2:
      if (group.members.filter(({ isAbsent }) => !isAbsent).length > 1) await member.expel();
      return;
    default:
      member.crash();
      group.members = [...group.members.filter((other) => other !== member), new MemberModel(group)];
      group.rejoin();
  }
}

/** Partitions leave and come back while fetches of before are still on their way. */
async function churn(group: GroupModel): Promise<void> {
  fetchLate(group);
  for (let count = 0; count < 3; count++) {
    group.rejoin();
    await group.pass(60);
  }
  fetchLate(group);
  for (const member of group.members) for (let count = 0; count < 4; count++) member.deliverLate();
}

function fetchLate({ members, options }: GroupModel): void {
  for (const member of members)
    for (let partition = 0; partition < options.partitions; partition++) member.fetch(partition, true);
}

async function finish(group: GroupModel): Promise<void> {
  const { partitions } = group.options;
  group.faults = false;
  for (const member of group.members) if (member.isAbsent) member.comeBack();
  group.rejoin();
  for (let round = 0; round < 400; round++) {
    for (const member of group.members) {
      member.deliverLate();
      for (let partition = 0; partition < partitions; partition++) member.fetch(partition, false);
      await group.settle();
      for (let count = 0; count < 40; count++) member.begin();
      while (member.begun.length > 0) member.finish(true);
    }
    await group.pass(2_000);
    if (group.lost.length === 0 && group.members.every(({ isIdle }) => isIdle) && allCommitted(group)) return;
  }
}

function allCommitted(group: GroupModel): boolean {
  return group.logs.every((log, partition) => log.every((offset) => isCovered(group, partition, offset)));
}

async function run(
  options: Omit<ModelOptions, 'dice' | 'partitions' | 'recordsPerPartition'>,
  seed: number,
): Promise<GroupModel> {
  const group = new GroupModel({ partitions: 3, recordsPerPartition: 60, dice: diceOf(seed), ...options });
  group.rejoin();
  for (let count = 0; count < STEPS; count++) await step(group);
  await finish(group);
  return group;
}

const seeds = fc.integer({ min: 1, max: 1_000_000_000 });

describe('the consumer engine, over members that come, go, lag and die', () => {
  it('loses nothing, and repeats only what was in flight or uncommitted when a partition moved without a release (promise 3)', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const group = await run({ graceMs: 3_000, faults: true }, seed);
        expect(group.lost).toEqual([]);
        expect(allCommitted(group)).toBe(true);
        expect([group.begunByTheDead, group.forwardedByTheDead]).toEqual([0, 0]);
        expect(group.duplicates).toBeLessThanOrEqual(group.repeatable);
      }),
      { numRuns: 100 },
    );
  });

  it('repeats nothing while members only come and go in order', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const group = await run({ graceMs: 1_000_000_000, faults: false }, seed);
        expect(group.lost).toEqual([]);
        expect(allCommitted(group)).toBe(true);
        expect(group.brokenReleases).toBe(0);
        expect(group.duplicates).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

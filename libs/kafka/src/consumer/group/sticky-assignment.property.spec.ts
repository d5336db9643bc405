import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { assignSticky, type AssignableMember, type AssignableTopic } from './sticky-assignment.js';

const topics = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }).map((counts) =>
  counts.map((count, index): AssignableTopic => ({
    name: `t${index}`,
    partitions: Array.from({ length: count }, (_, p) => p),
  })),
);

const memberIds = fc.uniqueArray(
  fc.integer({ min: 0, max: 50 }).map((id) => `m${id}`),
  { minLength: 1, maxLength: 9 },
);

function membersOf(
  ids: readonly string[],
  topics: readonly AssignableTopic[],
  owned: ReadonlyMap<string, Record<string, number[]>> = new Map(),
): AssignableMember[] {
  const names = new Set(topics.map(({ name }) => name));
  return ids.map((id) => ({ id, topics: names, owned: owned.get(id) ?? {} }));
}

function moved(
  before: ReadonlyMap<string, Record<string, number[]>>,
  after: ReadonlyMap<string, Record<string, number[]>>,
): number {
  let count = 0;
  for (const [id, assigned] of before)
    for (const [topic, partitions] of Object.entries(assigned))
      count += partitions.filter((partition) => after.get(id)?.[topic]?.includes(partition) !== true).length;
  return count;
}

describe('the sticky assignment', () => {
  it('gives each partition to one member, evenly in each topic, whatever members claim to have had', () => {
    const anyOwned = fc.dictionary(fc.constantFrom('t0', 't1', 't9'), fc.array(fc.nat(40), { maxLength: 40 }));
    fc.assert(
      fc.property(topics, fc.array(anyOwned, { minLength: 1, maxLength: 9 }), (topics, claims) => {
        const ids = claims.map((_, index) => `m${index}`);
        const assigned = assignSticky(
          membersOf(ids, topics, new Map(claims.map((owned, index) => [`m${index}`, owned]))),
          topics,
        );
        for (const { name, partitions } of topics) {
          const shares = ids.map((id) => assigned.get(id)?.[name] ?? []);
          expect(shares.flat().toSorted((a, b) => a - b)).toEqual(partitions);
          const counts = shares.map(({ length }) => length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('moves nothing when nobody comes or goes, and when one goes only what it had', () => {
    fc.assert(
      fc.property(topics, memberIds, (topics, ids) => {
        const first = assignSticky(membersOf(ids, topics), topics);
        expect(moved(first, assignSticky(membersOf(ids.toReversed(), topics, first), topics))).toBe(0);
        const [gone, ...left] = ids;
        const had = Object.values(first.get(gone ?? '') ?? {}).flat().length;
        const after = assignSticky(membersOf(left, topics, first), topics);
        // With several topics, those who had one more than even may have to change, in each topic.
        expect(left.length === 0 ? had : moved(first, after)).toBeLessThanOrEqual(had + topics.length * left.length);
      }),
    );
  });

  it('moves no more than the share of one who comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 48 }), memberIds, (count, ids) => {
        const topics = [{ name: 't', partitions: Array.from({ length: count }, (_, p) => p) }];
        const first = assignSticky(membersOf(ids, topics), topics);
        const after = assignSticky(membersOf([...ids, 'newcomer'], topics, first), topics);
        expect(moved(first, after)).toBe(after.get('newcomer')?.['t']?.length ?? 0);
      }),
    );
  });

  it('does not leave all single partitions with whoever was first', () => {
    const topics = Array.from({ length: 10 }, (_, index) => ({ name: `t${index}`, partitions: [0] }));
    const first = assignSticky(membersOf(['a'], topics), topics);
    const after = assignSticky(membersOf(['a', 'b'], topics, first), topics);
    expect([...after.values()].map((assigned) => Object.values(assigned).flat().length)).toEqual([5, 5]);
  });

  it('gives a topic only to those who read it', () => {
    const topics = ['old', 'new'].map((name) => ({ name, partitions: [0, 1, 2, 3] }));
    const members = [
      { id: 'a', topics: new Set(['old']), owned: {} },
      { id: 'b', topics: new Set(['old', 'new']), owned: {} },
    ];
    const assigned = assignSticky(members, topics);
    expect(assigned.get('a')?.['new']).toBeUndefined();
    expect(assigned.get('b')?.['new']).toEqual([0, 1, 2, 3]);
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { KafkaBatch, KafkaRecord } from '@fleethook/kafka';
import { eventually } from '../../support/eventually.js';
import { ConsumerWorld, handoversOf, Ledger, valueOf, type Member } from './consumer-world.js';

jest.setTimeout(90_000);

const timers = new Set<NodeJS.Timeout>();
const begun = new Map<Member, number>();

afterEach(() => {
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
});

/** Work that takes a while and then is settled, unless its member is gone: then somebody else may have the record. */
function work(ledger: Ledger, gone: ReadonlySet<Member>, maxMs: number, maxWaitMs = 20) {
  return ({ records }: KafkaBatch, member: Member): void => {
    for (const record of records) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (gone.has(member) || !record.begin()) return;
        begun.set(member, (begun.get(member) ?? 0) + 1);
        const working = setTimeout(() => {
          timers.delete(working);
          if (gone.has(member)) return;
          begun.set(member, (begun.get(member) ?? 0) - 1);
          ledger.note(record);
          record.settle();
        }, Math.random() * maxMs);
        timers.add(working);
      }, Math.random() * maxWaitMs);
      timers.add(timer);
    }
  };
}

async function ownersOf(members: readonly Member[]): Promise<number[]> {
  return Promise.all(members.map(({ metrics }) => valueOf(metrics, 'kafkaAssigned')));
}

describe('a partition that moves', () => {
  it('is handed over between living members without a repeat, when they come and when they go', async () => {
    await using world = await ConsumerWorld.create(6);
    const [ledger, gone] = [new Ledger(), new Set<Member>()];
    const options = {
      window: { maxRecords: 200, maxBytes: 8 * 1_048_576, maxSpan: 16_384 },
      onBatch: work(ledger, gone, 300),
    };
    await world.write(3_000);
    const first = await world.join(options);
    await eventually(() => expect(ledger.distinct).toBeGreaterThan(200), { withinMs: 20_000 });
    const second = await world.join(options);
    const third = await world.join(options);
    await eventually(async () => expect(await ownersOf([first, second, third])).toEqual([2, 2, 2]), {
      withinMs: 20_000,
    });
    await world.write(3_000, 3_000);
    await first.server.close();
    await eventually(() => expect(ledger.distinct).toBeGreaterThan(4_000), { withinMs: 30_000 });
    await second.server.close();
    await eventually(() => expect(ledger.distinct).toBe(6_000), { withinMs: 30_000 });
    expect(ledger.duplicates).toBe(0);
    expect(await handoversOf(second.metrics)).not.toHaveProperty('grace');
    // It ends with all six, and had to wait for each of them once: what a member has stays with it.
    expect(await handoversOf(third.metrics)).toEqual({ released: 6 });
    await eventually(
      async () => expect((await world.committed()).map(({ offset }) => offset)).toEqual([1e3, 1e3, 1e3, 1e3, 1e3, 1e3]),
      { withinMs: 20_000 },
    );
  });

  it('is taken over after the grace when its owner died, repeating only what was in flight or uncommitted', async () => {
    await using world = await ConsumerWorld.create(4);
    const [ledger, gone] = [new Ledger(), new Set<Member>()];
    const options = {
      drainTimeoutMs: 0,
      handoverGraceMs: 1_000,
      commitIntervalMs: 100,
      window: { maxRecords: 100, maxBytes: 8 * 1_048_576, maxSpan: 16_384 },
      onBatch: work(ledger, gone, 200, 1),
    };
    const doomed = await world.join(options);
    const heir = await world.join(options);
    await eventually(async () => expect(await ownersOf([doomed, heir])).toEqual([2, 2]), { withinMs: 20_000 });
    await world.write(4_000);
    // More than one window holds: both of its partitions have records in flight.
    const inFlight = await eventually(
      () => {
        expect(ledger.distinct).toBeGreaterThan(1_000);
        expect(begun.get(doomed)).toBeGreaterThan(110);
        return begun.get(doomed);
      },
      { withinMs: 20_000 },
    );
    // It still holds what it has begun, and says so in its last commit.
    gone.add(doomed);
    await doomed.server.close();
    await eventually(() => expect(ledger.distinct).toBe(4_000), { withinMs: 30_000 });
    expect(ledger.duplicates).toBeLessThanOrEqual(inFlight ?? 0);
    expect(await handoversOf(heir.metrics)).toEqual({ released: 2, grace: 2 });
  });

  it('lets a member that lost it finish and settle, but begin nothing more', async () => {
    await using world = await ConsumerWorld.create(2);
    const held: { record: KafkaRecord; member: Member }[] = [];
    const waiting: KafkaRecord[] = [];
    await world.write(40);
    const hold = ({ records }: KafkaBatch, member: Member): void => {
      for (const record of records) {
        if (record.offset >= 10) waiting.push(record);
        else if (record.begin()) held.push({ record, member });
      }
    };
    const first = await world.join({ onBatch: hold, handoverGraceMs: 20_000 });
    await eventually(() => expect([held.length, waiting.length]).toEqual([20, 20]), { withinMs: 30_000 });
    const second = await world.join({ onBatch: hold, handoverGraceMs: 20_000 });
    await eventually(async () => expect(await ownersOf([first, second])).toEqual([1, 1]), { withinMs: 20_000 });

    // Nothing is dispatched by the new owner while the old one has records in flight.
    expect(held.some(({ member }) => member === second)).toBe(false);
    const begun = waiting.map((record) => record.begin());
    expect(begun.filter(Boolean)).toHaveLength(10);
    expect(held.every(({ record }) => record.mayForward)).toBe(true);
    waiting.length = 0;
    for (const { record } of held) record.settle();
    await eventually(() => expect(waiting).toHaveLength(10), { withinMs: 30_000 });
    expect(held).toHaveLength(20);
    expect(waiting.every((record) => record.begin())).toBe(true);
    expect(await handoversOf(second.metrics)).toEqual({ released: 1 });
  });
});

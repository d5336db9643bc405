import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { EventTypes, type KnownEventType, type Prn } from '@fleethook/events';
import { ByteBudget } from '../intake/byte-budget.js';
import { IntakeRequest } from '../intake/intake-request.js';
import { FakeProducer, organization, text } from '../testing/intake.js';
import { BodyReader } from './body-reader.js';
import { Turns } from './turns.js';

const MIB = 1_024 * 1_024;
const EVENTS = 60;

/** Notes when each event is checked. */
class NotingTypes extends EventTypes {
  constructor(private readonly onCheck: () => void) {
    super();
  }

  override find(owner: Prn<'organization'>, spelled: string): KnownEventType | string {
    this.onCheck();
    return super.find(owner, spelled);
  }
}

describe('BodyReader', () => {
  it.each([
    ['json', `[${Array.from({ length: EVENTS }, () => text()).join(',')}]`],
    ['ndjson', Array.from({ length: EVENTS }, () => text()).join('\n')],
  ] as const)('lets the event loop turn between the events of one chunk of %s', async (type, body) => {
    let turns = 0;
    let turning = setImmediate(function turn() {
      turns += 1;
      turning = setImmediate(turn);
    });
    const checkedIn: number[] = [];
    const sentIn: number[] = [];
    const producer = new FakeProducer();
    producer.answer = () => void sentIn.push(turns);
    const budget = new ByteBudget({ maxBytes: 64 * MIB, onChange: () => {} });
    const types = new NotingTypes(() => checkedIn.push(turns));
    const request = new IntakeRequest({ organization, nowMs: 0, types, maxEventBytes: MIB }, producer, budget);
    // Between two looks at it 4 ms pass: a turn is over after three events.
    let nowMs = 0;
    const reader = new BodyReader({ maxEventBytes: MIB, maxRequestBytes: MIB }, new Turns(() => (nowMs += 4)));
    try {
      const { signal } = new AbortController();
      await reader.read(Readable.from([Buffer.from(body)]), { type, encoding: 'identity' }, request, signal);
    } finally {
      clearImmediate(turning);
    }
    expect((await request.results()).accepted).toBe(EVENTS);
    for (const seen of [checkedIn, sentIn]) {
      expect(seen).toHaveLength(EVENTS);
      expect(new Set(seen).size).toBeGreaterThanOrEqual(EVENTS / 4);
    }
  });
});

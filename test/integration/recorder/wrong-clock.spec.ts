import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { attemptMessage, eventMessage } from '../../support/facts.js';
import { eventually } from '../../support/eventually.js';
import { RecorderWorld } from './recorder-world.js';

const DAY_MS = 86_400_000;
const WITHIN = { withinMs: 45_000 };
const uuidOf = (prn: string): string => prn.slice(-36);

/** From now on this process believes to live in another time, as after a boot without a clock that is kept going. */
function stepClock(byMs: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe.each([
  ['behind', -40],
  ['ahead', 40],
])('a recorder whose clock is 40 days %s', (_, days) => {
  it('writes what is fresh, and leaves out what is past its time', async () => {
    await using world = await RecorderWorld.create();
    const fresh = attemptMessage();
    const oldMs = Date.now() - 35 * DAY_MS;
    // Of one webhook, so that they come in this order.
    const old = attemptMessage({ webhook: fresh.webhook, acceptedAtMs: oldMs, startedAtMs: oldMs });
    const event = eventMessage();
    await world.record(old);
    await world.record(fresh);
    await world.accept(event);
    stepClock(days * DAY_MS);
    const recorder = await world.start();
    await eventually(async () => expect(await world.attempts()).toEqual([fresh.delivery]), WITHIN);
    await eventually(async () => expect(await world.events()).toEqual([uuidOf(event.event)]), WITHIN);
    expect(await recorder.metric('fleethook_recorder_skipped_records_total{reason="out_of_range"}')).toBe(1);
  });
});

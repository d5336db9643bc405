import { setTimeout as pause } from 'node:timers/promises';
import type { World } from '../support/world.js';
import { indexOfEvent, type EventRange } from './event-range.js';

const BATCH = 250;
const POSTERS = 4;
const RETRY_PAUSE_MS = 100;

/** Posts a range as a producer should: what was not taken, or not answered, is posted again under its name. */
export async function postRange(world: World, range: EventRange, mayGoOn: () => boolean): Promise<void> {
  let next = 0;
  const poster = async (): Promise<void> => {
    while (next < range.size) {
      const from = next;
      next += BATCH;
      let open = Array.from({ length: Math.min(BATCH, range.size - from) }, (_, place) => from + place);
      while (open.length > 0) {
        if (mayGoOn()) open = await postOnce(world, range, open);
        if (open.length > 0) await pause(RETRY_PAUSE_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: POSTERS }, poster));
}

/** Posts these until all are accepted. */
export async function postIndexes(world: World, range: EventRange, indexes: readonly number[]): Promise<void> {
  for (let open = await postOnce(world, range, indexes); open.length > 0; open = await postOnce(world, range, open))
    await pause(RETRY_PAUSE_MS);
}

/** @returns what was not accepted */
async function postOnce(world: World, range: EventRange, indexes: readonly number[]): Promise<number[]> {
  await post(world, range, indexes);
  return indexes.filter((index) => !range.isAccepted(index));
}

async function post(world: World, range: EventRange, indexes: readonly number[]): Promise<void> {
  range.unansweredCount += indexes.length;
  try {
    const reply = await fetch(`${world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(indexes.map((index) => range.eventOf(index))),
    });
    const text = await reply.text();
    if (reply.status === 422) throw new RangeError(`the intake refused events of ours: ${text}`);
    const { events = [] } = JSON.parse(text) as { events?: { prn: string }[] };
    for (const { prn } of events) range.accept(indexOfEvent(prn));
  } catch (error) {
    // Anything else: it is away, or went away while it answered.
    if (error instanceof RangeError) throw error;
  } finally {
    range.unansweredCount -= indexes.length;
  }
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UsageError } from '../running/cli-error.js';
import { reasonOf } from '../values/json-value.js';
import type { OutgoingEvent } from './outgoing.js';

/** The events of a file, or of stdin (`-`): a line each, or one JSON array. @throws UsageError when it cannot be read */
export async function* readEvents(file: string): AsyncGenerator<OutgoingEvent> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  try {
    yield* eventsIn(stream);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file === '-' ? 'stdin' : file} cannot be read: ${reasonOf(error)}.`);
  }
}

export async function* eventsIn(stream: Readable): AsyncGenerator<OutgoingEvent> {
  let line = 0;
  let array: string[] | undefined;
  // Without a pause for each line: the reader takes them as they come.
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    line += 1;
    const bare = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (array === undefined && bare.trimStart().startsWith('[')) array = [];
    if (array !== undefined) array.push(bare);
    else if (bare.trim() !== '') yield { line, json: bare };
  }
  if (array !== undefined) yield* itemsOf(array.join('\n'));
}

function itemsOf(text: string): OutgoingEvent[] {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`It begins like a JSON array, and is none: ${reasonOf(error)}.`);
  }
  return Array.isArray(items) ? items.map((item, index) => ({ line: index + 1, json: JSON.stringify(item) })) : [];
}

const MAX_BATCH_BYTES = 4 * 1_024 * 1_024;

/** In groups of a size, and well below what the intake takes in one request. */
export async function* inBatches(
  events: AsyncIterable<OutgoingEvent>,
  maxEvents: number,
): AsyncGenerator<OutgoingEvent[]> {
  let batch: OutgoingEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    if (batch.length === maxEvents || (batch.length > 0 && bytes + event.json.length > MAX_BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += event.json.length;
  }
  if (batch.length > 0) yield batch;
}

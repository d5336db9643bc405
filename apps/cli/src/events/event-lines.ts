import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { JsonScan } from '@fleethook/events';
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
  let isFirst = true;
  let array: string[] | undefined;
  // Without a pause for each line: the reader takes them as they come.
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    line += 1;
    const bare = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    const isBlank = bare.trim() === '';
    // Further down it is one line that is no event.
    if (isFirst && bare.trimStart().startsWith('[')) array = [];
    isFirst &&= isBlank;
    if (array !== undefined) array.push(bare);
    else if (!isBlank) yield { line, json: bare };
  }
  if (array !== undefined) yield* itemsOf(array.join('\n'));
}

/** Cut out as they were written: parsed and written anew they would lose what the intake has to judge, such as digits. */
function itemsOf(text: string): OutgoingEvent[] {
  try {
    const items: unknown = JSON.parse(text);
    if (Array.isArray(items) && items.length === 0) return [];
  } catch (error) {
    throw new UsageError(`It begins like a JSON array, and is none: ${reasonOf(error)}.`);
  }
  const bytes = Buffer.from(text);
  const scan = new JsonScan();
  const items: OutgoingEvent[] = [];
  for (let at = bytes.indexOf('[') + 1; at < bytes.length;) {
    const end = scan.scan(bytes, at, bytes.length);
    // Strings have no line breaks, so that these are blanks between them.
    items.push({
      line: items.length + 1,
      json: bytes
        .toString('utf8', at, end)
        .replaceAll(/[\r\n]+/g, ' ')
        .trim(),
    });
    if (bytes[end] !== COMMA) break;
    at = end + 1;
  }
  return items;
}

const COMMA = 0x2c;
const MAX_BATCH_BYTES = 4 * 1_024 * 1_024;

/** In groups of a size, and well below what the intake takes in one request. */
export async function* inBatches(
  events: AsyncIterable<OutgoingEvent>,
  maxEvents: number,
): AsyncGenerator<OutgoingEvent[]> {
  let batch: OutgoingEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    const eventBytes = Buffer.byteLength(event.json);
    if (batch.length === maxEvents || (batch.length > 0 && bytes + eventBytes > MAX_BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += eventBytes;
  }
  if (batch.length > 0) yield batch;
}

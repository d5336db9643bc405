// Loads events into files that a data warehouse reads (NDJSON, a folder per day of loading): node docs/use-cases/warehouse-loader.mjs
// A file appears whole or not at all, and an event is in one file only, by its PRN. For the columns see rowOf().
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MemorySeenEvents } from '@fleethook/signing';
import { receive, say, stateFile } from './demo-endpoint.mjs';

const { BATCH_EVENTS = '500', BATCH_MS = '1000' } = process.env;
/** The most that Fleethook sends at once: each request waits until its batch is on the disk, so batches are no larger than this. */
const MAX_CONCURRENCY = 200;
/** Events are kept, and can be sent again, for 7 days. */
const DAYS_REMEMBERED = 8;
const MAX_REMEMBERED = 1_000_000;
const DEVICE_EVENTS = [
  'connected',
  'disconnected',
  'authentication_failed',
  'claimed_release',
  'release_changed',
  'updated',
];
const folder = process.env.WAREHOUSE_DIR ?? stateFile('warehouse');

let batch = { rows: [], waiting: [] };
let timer;

const rowOf = (event, name) => ({
  prn: event.prn,
  name,
  inserted_at: event.inserted_at,
  device_prn: event.data.data.device?.prn ?? null,
  identifier: event.data.data.device?.identifier ?? null,
  data: event.data.data,
});

/** Resolves when the event is on the disk: only then Fleethook gets its 200. */
function onEvent(event, { name }) {
  return new Promise((resolve, reject) => {
    batch.rows.push(rowOf(event, name));
    batch.waiting.push({ resolve, reject });
    timer ??= setTimeout(load, Number(BATCH_MS));
    if (batch.rows.length >= Number(BATCH_EVENTS)) load();
  });
}

function load() {
  const { rows, waiting } = batch;
  batch = { rows: [], waiting: [] };
  clearTimeout(timer);
  timer = undefined;
  try {
    const file = write(rows);
    for (const { resolve } of waiting) resolve();
    say(`${rows.length} events in ${file}`);
  } catch (error) {
    // None of them is in a file, and all are sent again.
    for (const { reject } of waiting) reject(error);
  }
}

function write(rows) {
  const loadedAt = new Date().toISOString();
  const day = path.join(folder, `loaded=${loadedAt.slice(0, 10)}`);
  mkdirSync(day, { recursive: true });
  const file = path.join(day, `${loadedAt.replaceAll(/\D/g, '')}-${rows[0].prn.split(':').at(-1)}.ndjson`);
  const descriptor = openSync(`${file}.half`, 'w');
  try {
    writeSync(descriptor, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.half`, file);
  return file;
}

/** What is in files already, of the days within which it may be sent again. */
function loaded() {
  const seenEvents = new MemorySeenEvents({ maxEvents: MAX_REMEMBERED });
  mkdirSync(folder, { recursive: true });
  for (const day of readdirSync(folder).toSorted().slice(-DAYS_REMEMBERED))
    for (const name of readdirSync(path.join(folder, day)).filter((file) => file.endsWith('.ndjson')))
      for (const line of readFileSync(path.join(folder, day, name), 'utf8')
        .split('\n')
        .slice(0, -1))
        seenEvents.keep(JSON.parse(line).prn);
  return seenEvents;
}

await receive({
  name: 'warehouse-loader',
  events: DEVICE_EVENTS.map((type) => `device.${type}`),
  webhook: { max_concurrency: MAX_CONCURRENCY },
  seenEvents: loaded(),
  onEvent,
});
say(`Files appear in ${folder}`);

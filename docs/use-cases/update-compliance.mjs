// Which device ran which release since when, as a record that survives an audit: node docs/use-cases/update-compliance.mjs
// Each line has the hash of the line before in it, so that nothing can be changed, taken out or put in between without being found:
// node docs/use-cases/update-compliance.mjs --verify. Keep the last hash elsewhere from time to time: only that shows a cut end.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { MemorySeenEvents } from '@fleethook/signing';
import { receive, say, stateFile } from './demo-endpoint.mjs';

const FIRST_HASH = '0'.repeat(64);
const file = process.env.RECORD_FILE ?? stateFile('update-compliance.ndjson');

const hashOf = (entry) => createHash('sha256').update(JSON.stringify(entry)).digest('hex');

/** @returns the entries, up to the first that does not fit, and what is wrong with that one */
function readRecord() {
  const entries = [];
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  for (const [index, line] of lines.entries()) {
    const fault = faultOf(line, index + 1, entries.at(-1)?.hash ?? FIRST_HASH);
    if (fault !== undefined) return { entries, fault: `line ${index + 1}: ${fault}` };
    entries.push(JSON.parse(line));
  }
  return { entries };
}

function faultOf(line, sequence, previousHash) {
  let parsed;
  try {
    parsed = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  const { hash, ...entry } = parsed;
  if (entry.sequence !== sequence) return `its sequence is ${entry.sequence}`;
  if (entry.previous_hash !== previousHash) return 'it does not follow the line before';
  return hashOf(entry) === hash ? undefined : 'its content does not have its hash';
}

const { entries, fault } = readRecord();
if (fault !== undefined) {
  say(`${file} was changed: ${fault}`);
  process.exit(1);
}
let last = entries.at(-1) ?? { sequence: 0, hash: FIRST_HASH };
if (process.argv.includes('--verify')) {
  say(`${file} is whole: ${last.sequence} entries, the last hash is ${last.hash}`);
  process.exit(0);
}

const descriptor = openSync(file, 'a', 0o600);
process.on('exit', () => closeSync(descriptor));

/** On the disk before Fleethook gets its 200: an event that is not is sent again. */
function onEvent(event) {
  const { device, from_release: from, to_release: to } = event.data.data;
  const entry = {
    sequence: last.sequence + 1,
    previous_hash: last.hash,
    recorded_at: new Date().toISOString(),
    event: event.prn,
    happened_at: event.inserted_at,
    device: device.prn,
    identifier: device.identifier,
    from: from?.version ?? null,
    to: to?.version ?? null,
  };
  const hashed = { ...entry, hash: hashOf(entry) };
  writeSync(descriptor, `${JSON.stringify(hashed)}\n`);
  fsyncSync(descriptor);
  last = hashed;
  say(`${entry.sequence}. ${entry.identifier}: ${entry.from} -> ${entry.to}`);
}

// What is on record already is not recorded again, whatever is sent again.
const seenEvents = new MemorySeenEvents({ maxEvents: 1_000_000 });
for (const { event } of entries) seenEvents.keep(event);
await receive({ name: 'update-compliance', events: ['device.release_changed'], onEvent, seenEvents });
say(`The record is ${file}`);

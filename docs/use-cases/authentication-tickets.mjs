// A ticket for every device that fails to authenticate again and again: node docs/use-cases/authentication-tickets.mjs
// Tickets go to TICKETS_URL (POST, JSON) if it is set, and into a file. THRESHOLD failures within WINDOW_SECONDS open one.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { RetryLater } from '@fleethook/signing';
import { receive, say, stateFile } from './demo-endpoint.mjs';

const { TICKETS_URL, THRESHOLD = '3', WINDOW_SECONDS = '600' } = process.env;
const MAX_SUBJECTS = 10_000;
const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 30;
const file = stateFile('tickets.ndjson');

/** One ticket per subject, also after a restart: remove its line from the file to have another one opened. */
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
const ticketed = new Set(lines.map((line) => JSON.parse(line).subject));
/** By subject, the times of its failures by the PRN of the event: an event that comes again counts once. */
const failures = new Map();

async function onEvent(event) {
  const { device, certificate, ip_address: address, reason } = event.data.data;
  // Who is unknown has no device; then it is the certificate's name, or the address.
  const subject = device?.identifier ?? certificate?.common_name ?? address;
  if (ticketed.has(subject)) return;
  const known = recent(subject, Date.parse(event.inserted_at));
  known.set(event.prn, Date.parse(event.inserted_at));
  if (known.size < Number(THRESHOLD)) return;
  ticketed.add(subject);
  try {
    await open({ subject, failures: known.size, reason, address, last_failure: event.inserted_at, event: event.prn });
  } catch (cause) {
    ticketed.delete(subject);
    // Fleethook keeps the event, and sends it again.
    throw new RetryLater(RETRY_AFTER_SECONDS, cause);
  }
  failures.delete(subject);
}

/** By the times of the events, not of their arrival: what comes late counts where it belongs. */
function recent(subject, nowMs) {
  const known = failures.get(subject) ?? new Map();
  for (const [prn, atMs] of known) if (atMs < nowMs - Number(WINDOW_SECONDS) * 1_000) known.delete(prn);
  failures.delete(subject);
  failures.set(subject, known);
  if (failures.size > MAX_SUBJECTS) failures.delete(failures.keys().next().value);
  return known;
}

async function open(ticket) {
  if (TICKETS_URL !== undefined) {
    const reply = await fetch(TICKETS_URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ticket),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!reply.ok) throw new Error(`the ticket system answered ${reply.status}`);
  }
  appendFileSync(file, `${JSON.stringify(ticket)}\n`);
  say(`Ticket: ${ticket.subject} failed to authenticate ${ticket.failures} times (${ticket.reason})`);
}

await receive({ name: 'authentication-tickets', events: ['device.authentication_failed'], onEvent });
say(`Tickets go to ${TICKETS_URL === undefined ? '' : `${TICKETS_URL} and `}${file}`);

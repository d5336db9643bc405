// Tells a chat when devices go offline, and less and less often while they flap: CHAT_URL=... node docs/use-cases/chat-alert.mjs
// CHAT_URL takes {"text": "..."}, as incoming webhooks of the usual chats do; without it alerts are printed.
import { RetryLater } from '@fleethook/signing';
import { receive, say } from './demo-endpoint.mjs';

const { CHAT_URL, QUIET_SECONDS = '60' } = process.env;
const FIRST_QUIET_MS = Number(QUIET_SECONDS) * 1_000;
const LONGEST_QUIET_MS = 60 * FIRST_QUIET_MS;
const MAX_DEVICES = 10_000;
const REQUEST_TIMEOUT_MS = 5_000;
const DEFAULT_RETRY_AFTER_SECONDS = 30;

/**
 * By device: until when it is quiet, how long that is, and what it kept back. The quiet doubles with every alert, and starts anew for who has
 * given no cause for as long as the last one was.
 */
const devices = new Map();

async function onEvent(event) {
  const { device } = event.data.data;
  const nowMs = Date.now();
  const known = devices.get(device.prn) ?? { quietUntilMs: 0, quietMs: 0, keptBack: 0 };
  if (nowMs < known.quietUntilMs) {
    remember(device.prn, { ...known, keptBack: known.keptBack + 1 });
    return;
  }
  const more = known.keptBack === 0 ? '' : ` (and ${known.keptBack} more times since the last alert)`;
  await post(`${device.identifier} went offline at ${event.inserted_at}${more}`);
  const isCalm = nowMs > known.quietUntilMs + known.quietMs;
  const quietMs = isCalm ? FIRST_QUIET_MS : Math.min(known.quietMs * 2, LONGEST_QUIET_MS);
  remember(device.prn, { quietUntilMs: nowMs + quietMs, quietMs, keptBack: 0 });
}

function remember(prn, state) {
  devices.delete(prn);
  devices.set(prn, state);
  if (devices.size > MAX_DEVICES) devices.delete(devices.keys().next().value);
}

/** A chat that is away, or has enough, is Fleethook's to wait for: it keeps the event and sends it again. */
async function post(text) {
  say(text);
  if (CHAT_URL === undefined) return;
  let reply;
  try {
    reply = await fetch(CHAT_URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (cause) {
    throw new RetryLater(DEFAULT_RETRY_AFTER_SECONDS, cause);
  }
  if (reply.ok) return;
  const seconds = Number(reply.headers.get('retry-after') ?? Number.NaN);
  const cause = new Error(`the chat answered ${reply.status}`);
  throw new RetryLater(Number.isFinite(seconds) ? seconds : DEFAULT_RETRY_AFTER_SECONDS, cause);
}

await receive({ name: 'chat-alert', events: ['device.disconnected'], onEvent });

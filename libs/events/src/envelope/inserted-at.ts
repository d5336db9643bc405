import { timestampOf } from './envelope.js';

const WHOLE_SECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const UTC = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-]00:00)$/;

let last: { readonly text: string | undefined; readonly nowMs: number; readonly now: string } = {
  text: undefined,
  nowMs: Number.NaN,
  now: '',
};

/** ISO 8601 in UTC, cut to whole seconds; undefined when it is none, or no moment there is (30 February). */
export function normaliseTimestamp(text: string): string | undefined {
  // Events come in bursts of the same second.
  if (text === last.text) return text;
  const match = UTC.exec(text);
  if (match === null) return undefined;
  const whole = `${match[1]}T${match[2]}Z`;
  const epochMs = Date.parse(whole);
  if (Number.isNaN(epochMs) || timestampOf(epochMs) !== whole) return undefined;
  if (WHOLE_SECONDS.test(text)) last = { ...last, text };
  return whole;
}

/** `timestampOf`, remembering the last second. */
export function timestampNow(nowMs: number): string {
  if (nowMs !== last.nowMs) last = { ...last, nowMs, now: timestampOf(nowMs) };
  return last.now;
}

import { UsageError } from '../running/cli-error.js';
import { durationMs, formatDuration, MAX_DURATION } from './duration.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const WHEN = `It must be a time: 2026-01-31T12:00:00Z, 2026-01-31, 15m (ago, at most ${MAX_DURATION}) or now.`;

/**
 * A moment as people write it: an ISO date-time (UTC unless it says otherwise), a date, `now`, or how long ago (`15m`, `2h ago`).
 * @throws UsageError
 */
export function parseMoment(text: string, nowMs: number): Date {
  const trimmed = text.trim();
  if (trimmed === 'now') return new Date(nowMs);
  const agoMs = durationMs(trimmed.replace(/\s*ago$/, '').replaceAll(' ', ''));
  if (agoMs !== undefined) return new Date(nowMs - agoMs);
  if (DATE.test(trimmed)) return checked(`${trimmed}T00:00:00Z`);
  if (!DATE_TIME.test(trimmed)) throw new UsageError(WHEN);
  const iso = trimmed.replace(' ', 'T');
  return checked(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

function checked(iso: string): Date {
  const date = new Date(iso);
  // The language takes 30 February for 2 March.
  if (Number.isNaN(date.getTime()) || (iso.endsWith('Z') && date.toISOString().slice(0, 10) !== iso.slice(0, 10)))
    throw new UsageError(WHEN);
  return date;
}

/** For options, against the clock. */
export const parseMomentOption = (text: string): Date => parseMoment(text, Date.now());

/** The API's form: UTC, whole seconds. */
export function apiTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The next whole second, for an end that does not count itself: what came within this second is before it. */
export function apiTimeAfter(date: Date): string {
  return apiTime(new Date(Math.ceil(date.getTime() / 1_000) * 1_000));
}

/** `3 m 20 s ago`, `in 12 s`, `now`; `-` for none. */
export function relativeTime(iso: string | null | undefined, nowMs: number): string {
  if (iso === null || iso === undefined) return '-';
  const deltaMs = nowMs - Date.parse(iso);
  if (Number.isNaN(deltaMs)) return iso;
  if (Math.abs(deltaMs) < 1_000) return 'now';
  // The API knows whole seconds only.
  const [largest = ''] = formatDuration(Math.floor(Math.abs(deltaMs) / 1_000) * 1_000).match(/^[\d.]+ \w+/) ?? [];
  return deltaMs > 0 ? `${largest} ago` : `in ${largest}`;
}

/** `3s`, `20m`, `4d`: how long ago, for tables. */
export function age(iso: string, nowMs: number): string {
  return relativeTime(iso, nowMs)
    .replace(' ago', '')
    .replace(/^([\d.]+) /, '$1');
}

/** `2026-01-31 12:00:00Z (3 m ago)`. */
export function fullTime(iso: string | null | undefined, nowMs: number): string {
  if (iso === null || iso === undefined) return '-';
  return `${iso.replace('T', ' ')} (${relativeTime(iso, nowMs)})`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The two largest units: `3 d 4 h`, `2 min 5 s`, `0 s`. */
export function duration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms / SECOND_MS)) * SECOND_MS;
  const units: [string, number][] = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['min', MINUTE_MS],
    ['s', SECOND_MS],
  ];
  const first = units.findIndex(([, unitMs]) => rounded >= unitMs);
  if (first === -1) return '0 s';
  let left = rounded;
  const parts: string[] = [];
  for (const [name, unitMs] of units.slice(first, first + 2)) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

/** `12 s ago`, `in 3 min`, `now`. */
export function fromNow(at: Date, nowMs: number): string {
  const ms = at.getTime() - nowMs;
  if (Math.abs(ms) < 2 * SECOND_MS) return 'now';
  const [largest = ''] = duration(Math.abs(ms)).match(/^\d+ \w+/) ?? [];
  return ms > 0 ? `in ${largest}` : `${largest} ago`;
}

const INTEGERS = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => (value < 100_000 ? INTEGERS.format(value) : COMPACT.format(value));

/** Never rounds a failure away: 100 % is said only of exactly 1. */
export function percent(ratio: number | null): string {
  if (ratio === null) return '–';
  if (ratio === 1) return '100 %';
  return `${Math.min(99.9, Math.floor(ratio * 1_000) / 10)} %`;
}

export function latency(ms: number): string {
  return ms < SECOND_MS ? `${Math.round(ms)} ms` : `${(ms / SECOND_MS).toFixed(1)} s`;
}

const LOCAL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** In the reader's time zone, and in UTC as the API and the logs have it. */
export const bothTimes = (at: Date): string => `${LOCAL.format(at)} (${at.toISOString().replace('.000Z', 'Z')})`;

/** What stands at the end of a PRN: enough to tell two apart. */
export const shortPrn = (prn: string): string => `…${prn.slice(-12)}`;

export function hostOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return pathname === '/' ? host : `${host}${pathname}`;
  } catch {
    return url;
  }
}

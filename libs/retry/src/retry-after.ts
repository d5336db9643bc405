/** RFC 9110 §10.2.3: `Retry-After = HTTP-date / delay-seconds`, and §5.6.7: all three forms of a date must be read. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})';
/** `Sun, 06 Nov 1994 08:49:37 GMT`: what all senders should use. */
const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, (\\d{2}) ([A-Z][a-z]{2}) (\\d{4}) ${TIME} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT`. */
const RFC_850 = new RegExp(`^[A-Z][a-z]+, (\\d{2})-([A-Z][a-z]{2})-(\\d{2}) ${TIME} GMT$`);
/** `Sun Nov  6 08:49:37 1994`. */
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * How long from now, in milliseconds; 0 for a date in the past; undefined for what is neither seconds nor a date. Of several, joined with
 * commas as repeated headers are (a proxy may add its own), the longest: each is a floor.
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  const waits = valuesOf(text ?? '').flatMap((value) => waitOf(value, nowMs) ?? []);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A date may have a comma of its own, after the name of its day. */
function valuesOf(text: string): string[] {
  return text.split(/(?<!(?:^|,)\s*[A-Z][a-z]+),/).map((value) => value.trim());
}

function waitOf(value: string, nowMs: number): number | undefined {
  // Absurdly many digits are still seconds: the caller caps them.
  if (/^\d+$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER / 1_000) * 1_000;
  const atMs = parseHttpDate(value, nowMs);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

function parseHttpDate(text: string, nowMs: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) return epochMs(Number(fixed[3]), fixed[2], fixed[1], fixed.slice(4, 7));
  const old = RFC_850.exec(text);
  if (old !== null) {
    const century = Math.floor(new Date(nowMs).getUTCFullYear() / 100) * 100;
    const year = century + Number(old[3]);
    // "a timestamp that appears to be more than 50 years in the future" is one of the last century.
    const nearest = year > new Date(nowMs).getUTCFullYear() + 50 ? year - 100 : year;
    return epochMs(nearest, old[2], old[1], old.slice(4, 7));
  }
  const c = ASCTIME.exec(text);
  return c === null ? undefined : epochMs(Number(c[6]), c[1], c[2], c.slice(3, 6));
}

function epochMs(
  year: number,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const monthIndex = MONTHS.indexOf(month ?? '');
  const [hours = Number.NaN, minutes = Number.NaN, seconds = Number.NaN] = time.map(Number);
  if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const atMs = Date.UTC(year, monthIndex, Number(day), hours, minutes, seconds);
  return new Date(atMs).getUTCMonth() === monthIndex && Number.isFinite(atMs) ? atMs : undefined;
}

import { z } from 'zod';

const DURATION_UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type DurationUnit = keyof typeof DURATION_UNIT_MS;

const BYTE_UNIT = { '': 1, b: 1, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 } as const;
type ByteUnit = keyof typeof BYTE_UNIT;

/** `10s`, `500ms`, `2m`, `72h`, `7d` -> milliseconds; undefined when it is none of these. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * DURATION_UNIT_MS[match[2] as DurationUnit]);
}

/** The shortest text that `parseDurationMs` reads back to the same value. */
export function formatDuration(durationMs: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (
      durationMs >= DURATION_UNIT_MS[unit] &&
      durationMs % DURATION_UNIT_MS[unit] === 0 &&
      !(unit === 'd' && durationMs < 7 * DURATION_UNIT_MS.d)
    ) {
      return `${durationMs / DURATION_UNIT_MS[unit]}${unit}`;
    }
  }
  return `${durationMs}ms`;
}

/** A duration in milliseconds, written with its unit; `min` and `max` are written likewise. */
export function durationMs(bounds: { min?: string; max?: string } = {}): z.ZodType<number, string | undefined> {
  const min = bounds.min === undefined ? 0 : (parseDurationMs(bounds.min) ?? 0);
  const max =
    bounds.max === undefined ? Number.MAX_SAFE_INTEGER : (parseDurationMs(bounds.max) ?? Number.MAX_SAFE_INTEGER);
  return z.string('is required').transform((text, context) => {
    const value = parseDurationMs(text);
    if (value === undefined)
      context.addIssue({ code: 'custom', message: 'must be a duration such as 500ms, 10s, 2m, 4h or 3d' });
    else if (value < min) context.addIssue({ code: 'custom', message: `must be at least ${bounds.min}` });
    else if (value > max) context.addIssue({ code: 'custom', message: `must be at most ${bounds.max}` });
    return value ?? z.NEVER;
  });
}

/** A list of durations, comma-separated, none shorter than the one before it. */
export function scheduleMs(): z.ZodType<readonly number[], string | undefined> {
  return z.string('is required').transform((text, context) => {
    const delays = text.split(',').map((part) => parseDurationMs(part) ?? Number.NaN);
    if (delays.some((delay) => Number.isNaN(delay) || delay <= 0)) {
      context.addIssue({ code: 'custom', message: 'must be durations such as 5s,30s,2m, each above zero' });
      return z.NEVER;
    }
    if (delays.some((delay, index) => index > 0 && delay <= (delays[index - 1] ?? 0))) {
      context.addIssue({ code: 'custom', message: 'must grow from each delay to the next' });
      return z.NEVER;
    }
    return delays;
  });
}

/** A size in bytes: `65536`, `64KiB`, `8MiB`. */
export function bytes(bounds: { min?: number; max?: number } = {}): z.ZodType<number, string | undefined> {
  return z.string('is required').transform((text, context) => {
    const match = /^(\d+)\s*(b|kib|mib|gib|)$/i.exec(text.trim());
    const value = match ? Number(match[1]) * BYTE_UNIT[(match[2] ?? '').toLowerCase() as ByteUnit] : undefined;
    if (value === undefined)
      context.addIssue({ code: 'custom', message: 'must be a size such as 65536, 64KiB or 8MiB' });
    else if (value < (bounds.min ?? 0))
      context.addIssue({ code: 'custom', message: `must be at least ${bounds.min} bytes` });
    else if (value > (bounds.max ?? Number.MAX_SAFE_INTEGER))
      context.addIssue({ code: 'custom', message: `must be at most ${bounds.max} bytes` });
    return value ?? z.NEVER;
  });
}

export function integer(bounds: { min: number; max: number }): z.ZodType<number, string | undefined> {
  return z.string('is required').transform((text, context) => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (Number.isNaN(value) || value < bounds.min || value > bounds.max) {
      context.addIssue({ code: 'custom', message: `must be a whole number from ${bounds.min} to ${bounds.max}` });
      return z.NEVER;
    }
    return value;
  });
}

/** A TCP port; `0` means any free one. */
export const port = (): z.ZodType<number, string | undefined> => integer({ min: 0, max: 65_535 });

export function text(): z.ZodType<string, string | undefined> {
  return z.string('is required').trim().min(1, 'must not be empty');
}

/** Where a service is found: `https://events.example.com`, without a slash at its end. */
export function httpAddress(): z.ZodType<string, string | undefined> {
  return z.string('is required').transform((given, context) => {
    const url = URL.parse(given.trim());
    const isAddress =
      url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
    if (isAddress) return url.href.replace(/\/+$/, '');
    context.addIssue({ code: 'custom', message: 'must be an address such as https://events.example.com' });
    return z.NEVER;
  });
}

/** An HTTP proxy. The text itself is not repeated in a fault: it may hold a password. */
export function proxyUrl(): z.ZodType<string, string | undefined> {
  return z
    .string('is required')
    .trim()
    .regex(
      /^http:\/\/(?:[^\s@/?#]+@)?(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?\/?$/,
      'must be a URL such as http://user:password@host:3128',
    );
}

/** How PostgreSQL is reached. The text itself is not repeated in a fault: it holds a password. */
export function postgresUrl(): z.ZodType<string, string | undefined> {
  return z
    .string('is required')
    .trim()
    .refine(isPostgresUrl, 'must be a URL such as postgres://user:password@host:5432/database');
}

function isPostgresUrl(given: string): boolean {
  const url = URL.parse(given);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return false;
  // The folder of a socket is named behind the question mark.
  const host = url.hostname || url.searchParams.get('host');
  return Boolean(host) && /^\/[^/]+$/.test(url.pathname);
}

/** A key that opens doors: long enough not to be guessed, and writable in a header. */
export function credential(): z.ZodType<string, string | undefined> {
  return z
    .string('is required')
    .trim()
    .regex(/^[\x21-\x7e]{32,256}$/, 'must have 32 to 256 printable characters without blanks');
}

/** A key as somebody else chose it: writable in a header. */
export function headerToken(): z.ZodType<string, string | undefined> {
  return z
    .string('is required')
    .trim()
    .regex(/^[\x21-\x7e]{1,256}$/, 'must have 1 to 256 printable characters without blanks');
}

/** Any setting that may be left out. An empty variable counts as left out, as in a compose file. */
export function optional<T>(schema: z.ZodType<T, string | undefined>): z.ZodType<T | undefined, string | undefined> {
  return z
    .string()
    .optional()
    .transform((value, context): T | undefined => {
      if (value === undefined || value.trim() === '') return undefined;
      // Not by a union: that would say no more than that the input is invalid.
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      for (const { message } of result.error.issues) context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
): z.ZodType<T[number], string | undefined> {
  return z.string('is required').pipe(z.enum(values, `must be one of ${values.join(', ')}`)) as z.ZodType<
    T[number],
    string | undefined
  >;
}

export function flag(): z.ZodType<boolean, string | undefined> {
  return oneOf(['true', 'false']).transform((value) => value === 'true') as z.ZodType<boolean, string | undefined>;
}

/**
 * Comma-separated items, blanks around them ignored; an empty text is an empty list.
 * @param faultOf what is wrong with an item, which is not repeated itself: it may be a secret
 */
export function listOf(
  faultOf: (item: string) => string | undefined,
): z.ZodType<readonly string[], string | undefined> {
  return z.string('is required').transform((value, context) => {
    const items = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    items.forEach((item, index) => {
      const fault = faultOf(item);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `item ${index + 1} ${fault}` });
    });
    return items;
  });
}

export const list = (item: { pattern: RegExp; example: string }): z.ZodType<readonly string[], string | undefined> =>
  listOf((part) => (item.pattern.test(part) ? undefined : `is not like ${item.example}`));

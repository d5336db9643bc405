import type { Command, Option } from 'commander';
import { UsageError } from '../running/cli-error.js';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Ten years: nothing here takes longer, and what is added to or taken from now stays a time. */
export const MAX_DURATION = '3650d';
const MAX_DURATION_MS = 3_650 * 86_400_000;

/** `500ms`, `10s`, `1h30m`, `7d` as milliseconds; undefined when it is none, or longer than `MAX_DURATION`. */
export function durationMs(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return total > MAX_DURATION_MS ? undefined : Math.round(total);
}

/** For options. @throws UsageError */
export function parseDurationMs(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined)
    throw new UsageError(`It must be a duration such as 500ms, 10s, 5m or 1h30m, at most ${MAX_DURATION}.`);
  return ms;
}

/** An option whose default is shown as people write it. @param parent makes options */
export function durationOption(parent: Command, flags: string, description: string, defaultMs: number): Option {
  const shown = defaultMs === 0 ? '0s' : formatDuration(defaultMs).replace(' ', '');
  return parent.createOption(flags, description).argParser(parseDurationMs).default(defaultMs, shown);
}

const MIN_INTERVAL_MS = 100;

/** Between two requests of a command that goes on: none at all would only spend what the API key may ask. @param parent makes options */
export function intervalOption(parent: Command, description: string, defaultMs: number): Option {
  return durationOption(parent, '--interval <duration>', description, defaultMs).argParser((text: string) => {
    const ms = parseDurationMs(text);
    if (ms < MIN_INTERVAL_MS) throw new UsageError(`It must be at least ${MIN_INTERVAL_MS}ms.`);
    return ms;
  });
}

const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** For people, at most two units: `0 ms`, `12 s`, `3 m 20 s`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  let restMs = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, size] of STEPS) {
    const count = Math.floor(restMs / size);
    restMs -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    // Of 2 d and 3 s nobody wants the seconds.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

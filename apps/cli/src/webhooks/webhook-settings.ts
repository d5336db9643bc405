import type { Command } from 'commander';
import { parseDurationMs } from '../values/duration.js';
import { parseJsonObject, type JsonRecord } from '../values/json-value.js';
import { collectHeaders, collectNames, parseBasicAuth } from '../values/lists.js';
import { DEFAULT, orDefault, wholeNumber } from '../values/number.js';

/** What a webhook can be told, at its making and later. `DEFAULT`: back to that. */
export interface SettingOptions {
  readonly event?: string[];
  readonly description?: string;
  readonly filter?: JsonRecord | typeof DEFAULT;
  readonly timeout?: number | typeof DEFAULT;
  readonly concurrency?: number | typeof DEFAULT;
  readonly rate?: number | typeof DEFAULT;
  readonly header?: Record<string, string>;
  readonly basicAuth?: { username: string; password: string } | typeof DEFAULT;
  /** False: take them away. */
  readonly headers?: boolean;
}

const MAX_CONCURRENCY = 200;
const MAX_RATE = 10_000;

export function settingOptions(command: Command): Command {
  return command
    .option('--event <names>', 'types of events it gets; several with commas, or the option again', collectNames)
    .option('--description <text>', 'for people')
    .option('--filter <json>', 'which of these events, or @file; default: all', orDefault(parseJsonObject))
    .option('--timeout <duration>', 'of one attempt, 1s to 30s; default: 10s', orDefault(parseDurationMs))
    .option(
      '--concurrency <n>',
      'attempts at a time, 1 to 200; default: 20',
      orDefault(wholeNumber(1, MAX_CONCURRENCY)),
    )
    .option('--rate <n>', 'attempts a second; default: as many as there are', orDefault(wholeNumber(1, MAX_RATE)))
    .option('--header <header>', "'Name: value', sent with every request; again for more", collectHeaders)
    .option('--basic-auth <user:password>', 'sent with every request; default: none', orDefault(parseBasicAuth));
}

/** The fields of a request that say so. */
export function settingsOf(options: SettingOptions): JsonRecord {
  const fields: JsonRecord = {
    enabled_events: options.event,
    description: options.description,
    filter: options.filter,
    timeout_ms: options.timeout,
    max_concurrency: options.concurrency,
    rate_per_second: options.rate,
    headers: options.headers === false ? null : options.header,
    basic_auth: options.basicAuth,
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === DEFAULT ? null : value]),
  );
}

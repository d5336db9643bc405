import type { BodyOf } from '@fleethook/contract';
import type { Command } from 'commander';
import { parseDurationMs } from '../values/duration.js';
import { parseJsonObject } from '../values/json-value.js';
import { collectHeaders, collectNames, parseBasicAuth } from '../values/lists.js';
import { DEFAULT, orDefault, wholeNumber } from '../values/number.js';

/** What a request to make a webhook and one to change it have in common. */
type Settings = Omit<BodyOf<'PATCH /webhooks/{prn}'>, 'prn' | 'url' | 'state' | 'resume_from'>;
/** As it was written: the API says what is wrong with it. */
export type WebhookFilter = NonNullable<Settings['filter']>;

/** What a webhook can be told, at its making and later. `DEFAULT`: back to that. */
export interface SettingOptions {
  readonly event?: string[];
  readonly description?: string | typeof DEFAULT;
  readonly filter?: WebhookFilter | typeof DEFAULT;
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
    .option('--description <text>', 'for people; default: none', orDefault(String))
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

/** The fields of a request that say so, and no others. */
export function settingsOf(options: SettingOptions): Settings {
  return {
    ...(options.event !== undefined && { enabled_events: options.event }),
    ...(options.description !== undefined && { description: orNull(options.description) }),
    ...(options.filter !== undefined && { filter: orNull(options.filter) }),
    ...(options.timeout !== undefined && { timeout_ms: orNull(options.timeout) }),
    ...(options.concurrency !== undefined && { max_concurrency: orNull(options.concurrency) }),
    ...(options.rate !== undefined && { rate_per_second: orNull(options.rate) }),
    ...(options.headers === false ? { headers: null } : options.header !== undefined && { headers: options.header }),
    ...(options.basicAuth !== undefined && { basic_auth: orNull(options.basicAuth) }),
  };
}

const orNull = <T>(value: T | typeof DEFAULT): T | null => (value === DEFAULT ? null : value);

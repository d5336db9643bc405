import type { Operations, Schemas } from '@fleethook/contract';
import { readWholeNumber } from '../../../ui/whole-number.js';
import { inputOf, NO_FILTER, readFilter, type FilterInput } from '../filter/filter-input.js';

export type WebhookBody = Operations['POST /webhooks']['body'];

/** A webhook as the form has it: texts where somebody types. */
export interface WebhookDraft {
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly filter: FilterInput;
  readonly timeoutMs: string;
  readonly maxConcurrency: string;
  readonly ratePerSecond: string;
  /** One a line, `name: value`. Undefined: those that are sealed stay. */
  readonly headers: string | undefined;
  readonly username: string;
  readonly password: string;
  /** Whether the credentials are to be taken away or replaced. */
  readonly changesBasicAuth: boolean;
}

export const EMPTY_WEBHOOK: WebhookDraft = {
  url: '',
  description: '',
  events: [],
  filter: NO_FILTER,
  timeoutMs: '',
  maxConcurrency: '',
  ratePerSecond: '',
  headers: '',
  username: '',
  password: '',
  changesBasicAuth: true,
};

export const draftOfWebhook = (webhook: Schemas['Webhook']): WebhookDraft => ({
  ...EMPTY_WEBHOOK,
  url: webhook.url,
  description: webhook.description ?? '',
  events: webhook.enabled_events,
  filter: inputOf(webhook.filter),
  timeoutMs: textOf(webhook.timeout_ms),
  maxConcurrency: textOf(webhook.max_concurrency),
  ratePerSecond: textOf(webhook.rate_per_second),
  headers: undefined,
  changesBasicAuth: false,
});

/**
 * What is asked of the API; whether it can be is for the API to say.
 * @returns undefined as long as something in it cannot be read: its field says what
 */
export function bodyOf(draft: WebhookDraft): WebhookBody | undefined {
  const typed = readFilter(draft.filter);
  const timeoutMs = limitIn(draft.timeoutMs);
  const maxConcurrency = limitIn(draft.maxConcurrency);
  const ratePerSecond = limitIn(draft.ratePerSecond);
  if (typed.kind === 'wrong') return undefined;
  if (timeoutMs === undefined || maxConcurrency === undefined || ratePerSecond === undefined) return undefined;
  const { headers, username, password, changesBasicAuth } = draft;
  return {
    url: draft.url.trim(),
    description: draft.description === '' ? null : draft.description,
    enabled_events: [...draft.events],
    filter: typed.filter,
    timeout_ms: timeoutMs,
    max_concurrency: maxConcurrency,
    rate_per_second: ratePerSecond,
    ...(headers !== undefined && { headers: headersIn(headers) }),
    ...(changesBasicAuth && { basic_auth: username === '' && password === '' ? null : { username, password } }),
  };
}

const textOf = (value: number | null): string => (value === null ? '' : String(value));

/** Null: the default. Undefined: it cannot be read, and so it is not the default either. */
function limitIn(text: string): number | null | undefined {
  const typed = readWholeNumber(text);
  return typed.kind === 'fine' ? typed.value : typed.kind === 'empty' ? null : undefined;
}

/** Null: none. */
export function headersIn(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => {
    const [name = '', ...value] = line.split(':');
    return [name.trim(), value.join(':').trim()];
  });
  return pairs.length === 0 ? null : (Object.fromEntries(pairs) as Record<string, string>);
}

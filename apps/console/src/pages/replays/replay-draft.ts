import type { Operations } from '@fleethook/contract';
import { readWholeNumber } from '../../ui/whole-number.js';
import { NO_FILTER, readFilter, type FilterInput } from '../webhooks/filter/filter-input.js';

type Body = Operations['POST /replays']['body'];
type Source = 'log' | 'failed';

const HOUR_MS = 3_600_000;

/** A replay as the form has it. */
export interface ReplayDraft {
  readonly webhook: string;
  readonly source: Source;
  /** Of `failed`: also what still waits for a retry. */
  readonly withPending: boolean;
  /** ISO 8601; `to` empty: now. */
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly match: FilterInput;
}

/** From a link that knows what is wanted, as of the last hour where it does not. */
export function draftIn(search: URLSearchParams): ReplayDraft {
  return {
    webhook: search.get('webhook') ?? '',
    source: search.get('source') === 'failed' ? 'failed' : 'log',
    withPending: search.get('status') === 'pending',
    from: search.get('from') ?? `${new Date(Date.now() - HOUR_MS).toISOString().slice(0, 19)}Z`,
    to: search.get('to') ?? '',
    rate: '100',
    match: NO_FILTER,
  };
}

/** @returns undefined as long as something is missing, or cannot be read */
export function bodyOf({ webhook, source, withPending, from, to, rate, match }: ReplayDraft): Body | undefined {
  const typed = readFilter(match);
  const perSecond = readWholeNumber(rate);
  if (webhook === '' || perSecond.kind !== 'fine' || typed.kind === 'wrong') return undefined;
  const filter: Body['filter'] = {
    ...(typed.filter !== null && { match: typed.filter }),
    ...(source === 'failed' && withPending && { statuses: ['failed', 'pending'] }),
  };
  return {
    webhook_prn: webhook,
    source,
    from,
    ...(to !== '' && { to }),
    rate_per_second: perSecond.value,
    filter,
  };
}

import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  openBasicAuth,
  openHeaders,
  openOwnHeaders,
  sealBasicAuth,
  sealHeaders,
  SecretSealer,
  type BasicAuth,
  type OwnHeaders,
} from '@fleethook/messages';
import type { WebhookEntity } from '@fleethook/store';
import { InvalidFields } from '../errors/problems.js';
import type { RequestSettingsInput } from './request-settings.schemas.js';

type Stored = Pick<
  WebhookEntity,
  'timeoutMs' | 'maxConcurrency' | 'ratePerSecond' | 'lanes' | 'headerNames' | 'sealedHeaders' | 'sealedBasicAuth'
>;

const DEFAULTS: Stored = {
  timeoutMs: null,
  maxConcurrency: null,
  ratePerSecond: null,
  lanes: 1,
  headerNames: [],
  sealedHeaders: null,
  sealedBasicAuth: null,
};

/** How a webhook is called: what a request asks for into what is stored, and back for a test fire. Values of headers are sealed here. */
@Injectable()
export class RequestSettings {
  constructor(private readonly sealer: SecretSealer) {}

  /** Of a new webhook. @throws InvalidFields */
  create(webhook: WebhookEntity['prn'], input: RequestSettingsInput): Stored {
    return { ...DEFAULTS, ...this.changes({ prn: webhook, ...DEFAULTS }, input) };
  }

  /** Only what differs from what is. @throws InvalidFields, MessageError SECRET_UNREADABLE */
  changes(current: Stored & Pick<WebhookEntity, 'prn'>, input: RequestSettingsInput): Partial<Stored> {
    const changes: Partial<Stored> = {};
    const { timeout_ms: timeoutMs, max_concurrency: maxConcurrency, rate_per_second: ratePerSecond } = input;
    if (timeoutMs !== undefined && timeoutMs !== current.timeoutMs) changes.timeoutMs = timeoutMs;
    if (maxConcurrency !== undefined && maxConcurrency !== current.maxConcurrency)
      changes.maxConcurrency = maxConcurrency;
    if (ratePerSecond !== undefined && ratePerSecond !== current.ratePerSecond) changes.ratePerSecond = ratePerSecond;
    const lanes = input.lanes === undefined ? current.lanes : (input.lanes ?? DEFAULTS.lanes);
    if (lanes !== current.lanes) changes.lanes = lanes;
    if (input.headers !== undefined) Object.assign(changes, this.#headers(current, input.headers ?? {}));
    if (input.basic_auth !== undefined) Object.assign(changes, this.#basicAuth(current, input.basic_auth));
    checkAuthorization({ ...current, ...changes }, input);
    checkLanes({ ...current, ...changes }, input);
    return changes;
  }

  /** What goes beside our own headers. @throws MessageError SECRET_UNREADABLE */
  headersOf({ prn, sealedHeaders, sealedBasicAuth }: Stored & Pick<WebhookEntity, 'prn'>): OwnHeaders {
    const sealed = { sealedHeaders: sealedHeaders ?? undefined, sealedBasicAuth: sealedBasicAuth ?? undefined };
    return openHeaders(this.sealer, sealed, prn) ?? {};
  }

  #headers({ prn, sealedHeaders }: Stored & Pick<WebhookEntity, 'prn'>, asked: OwnHeaders): Partial<Stored> {
    const named = Object.entries(asked).map(([name, value]) => [name.toLowerCase(), value] as const);
    const headers = Object.fromEntries(named);
    const known = openOwnHeaders(this.sealer, sealedHeaders ?? undefined, prn) ?? {};
    if (isDeepStrictEqual(headers, known)) return {};
    if (named.length === 0) return { headerNames: [], sealedHeaders: null };
    return { headerNames: Object.keys(headers).toSorted(), sealedHeaders: sealHeaders(this.sealer, headers, prn) };
  }

  #basicAuth({ prn, sealedBasicAuth }: Stored & Pick<WebhookEntity, 'prn'>, asked: BasicAuth | null): Partial<Stored> {
    if (asked === null) return sealedBasicAuth === null ? {} : { sealedBasicAuth: null };
    const known = openBasicAuth(this.sealer, sealedBasicAuth ?? undefined, prn);
    return isDeepStrictEqual(asked, known) ? {} : { sealedBasicAuth: sealBasicAuth(this.sealer, asked, prn) };
  }
}

/** There is one such header, and one of the two would be dropped without a word. */
function checkAuthorization({ headerNames, sealedBasicAuth }: Stored, input: RequestSettingsInput): void {
  if (sealedBasicAuth === null || !headerNames.includes('authorization')) return;
  throw new InvalidFields({
    [input.basic_auth === undefined ? 'headers' : 'basic_auth']: ['goes not together with the other authorization'],
  });
}

/** Each lane makes at least one attempt at a time, and together no more than there may be. */
function checkLanes({ lanes, maxConcurrency, ratePerSecond }: Stored, input: RequestSettingsInput): void {
  for (const [name, limit] of [
    ['max_concurrency', maxConcurrency],
    ['rate_per_second', ratePerSecond],
  ] as const) {
    if (limit === null || lanes <= limit) continue;
    throw new InvalidFields(
      input.lanes === undefined
        ? { [name]: [`must be at least its lanes, ${lanes}`] }
        : { lanes: [`must be at most its ${name}, ${limit}`] },
    );
  }
}

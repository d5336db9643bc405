import type { Prn } from '@fleethook/events';
import { UsageError } from '../running/cli-error.js';
import { isRecord, type JsonRecord } from '../values/json-value.js';
import type { Addresses } from './addresses.js';
import { exchange, type HttpReply } from './http.js';
import { notFleethook, refusalOf } from './refusal.js';

export type Query = Readonly<Record<string, string | number | undefined>>;
type OwnedResource = 'webhook' | 'event' | 'device' | 'replay' | 'api_key' | 'cohort';

/** Of one page of a list. */
export interface Page<T> {
  readonly items: T[];
  readonly nextPage: string | null;
}

const MAX_PAGE = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A test fire of the endpoint may take its time limit before the reply comes. */
const CHANGE_TIMEOUT_MS = 45_000;

/** The Admin API. Every call throws CliError with the API's own words. */
export class ApiClient {
  #organization: Promise<Prn<'organization'>> | undefined;

  constructor(
    private readonly addresses: Addresses,
    private readonly signal: AbortSignal,
    knownOrganization?: string,
  ) {
    if (knownOrganization !== undefined) this.#organization = Promise.resolve(knownOrganization as Prn<'organization'>);
  }

  get url(): string {
    return this.addresses.apiUrl;
  }

  get(path: string, query: Query = {}): Promise<JsonRecord> {
    return this.call('GET', path, undefined, query);
  }

  /** @param body undefined: none @returns an empty object for an empty answer */
  async call(method: string, path: string, body?: unknown, query: Query = {}): Promise<JsonRecord> {
    const reply = await this.#exchange(method, path, body, query);
    if (reply.status < 200 || reply.status > 299) throw refusalOf(reply, `${method} ${path}`, this.#origin);
    if (reply.text === '') return {};
    const value = jsonOf(reply.text);
    if (!isRecord(value)) throw notFleethook(reply, this.#origin);
    return value;
  }

  /**
   * A list, page after page, until there are enough.
   * @param name of the list in the reply
   * @param from cursor to begin at
   */
  async list<T>(path: string, name: string, query: Query, limit: number, from?: string): Promise<Page<T>> {
    const items: T[] = [];
    let nextPage: string | null = from ?? null;
    do {
      const wanted = Math.min(MAX_PAGE, limit - items.length);
      const reply = await this.get(path, { ...query, limit: wanted, page: nextPage ?? undefined });
      const found = reply[name];
      if (Array.isArray(found)) items.push(...(found as T[]));
      nextPage = typeof reply['next_page'] === 'string' ? reply['next_page'] : null;
    } while (nextPage !== null && items.length < limit);
    return { items, nextPage };
  }

  /** Whose key this is; asked once. */
  organization(): Promise<Prn<'organization'>> {
    return (this.#organization ??= this.#askOrganization());
  }

  /** A full PRN as it is, or the UUID at its end, which is all that tables show. @throws UsageError */
  async prnOf(type: OwnedResource, text: string): Promise<string> {
    if (text.startsWith('prn:')) return text;
    if (!UUID.test(text)) throw new UsageError(`${text} is neither the PRN of a ${type} nor the UUID at its end.`);
    return `${await this.organization()}:${type}:${text}`;
  }

  async #askOrganization(): Promise<Prn<'organization'>> {
    const { data } = await this.get('/users/me');
    return String(isRecord(data) ? data['organization_prn'] : '') as Prn<'organization'>;
  }

  get #origin(): string {
    return new URL(this.addresses.apiUrl).origin;
  }

  #exchange(method: string, path: string, body: unknown, query: Query): Promise<HttpReply> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
    return exchange(
      {
        method,
        url: `${this.addresses.apiUrl}${path}${search}`,
        headers: {
          authorization: `Token ${this.addresses.apiKey('api')}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        ...(method === 'GET' ? {} : { timeoutMs: CHANGE_TIMEOUT_MS }),
      },
      'FLEETHOOK_URL or --url',
      this.signal,
    );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A PRN without what all of an organization's have in common. */
export function shortPrn(prn: string | null | undefined): string {
  return prn?.split(':').at(-1) ?? '-';
}

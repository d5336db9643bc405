import { requestOf, type Ask, type AskedRequest, type Operation, type ReplyOf } from '@fleethook/contract';
import type { Prn } from '@fleethook/events';
import { UsageError } from '../running/cli-error.js';
import { isRecord } from '../values/json-value.js';
import type { Addresses } from './addresses.js';
import { exchange, type HttpReply } from './http.js';
import type { ItemOf, ListOperation } from './lists.js';
import { notFleethook, refusalOf } from './refusal.js';

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

  /** One call; its path, query, body and reply are the operation's. */
  async call<O extends Operation>(operation: O, ask: Ask<O>): Promise<ReplyOf<O>> {
    const request = requestOf(operation, ask);
    const reply = await this.#exchange(request);
    if (reply.status < 200 || reply.status > 299)
      throw refusalOf(reply, `${request.method} ${request.path}`, this.#origin);
    const value = jsonOf(reply.text);
    if (reply.text !== '' && !isRecord(value)) throw notFleethook(reply, this.#origin);
    return value as ReplyOf<O>;
  }

  /**
   * A list, page after page, until there are enough.
   * @param from cursor to begin at
   */
  async list<O extends ListOperation>(
    operation: O,
    ask: Ask<O>,
    limit: number,
    from?: string,
  ): Promise<Page<ItemOf<O>>> {
    const items: ItemOf<O>[] = [];
    let nextPage: string | null = from ?? null;
    do {
      const wanted = Math.min(MAX_PAGE, limit - items.length);
      const query = { ...ask.query, limit: wanted, page: nextPage ?? undefined };
      const { next_page: next, ...lists } = await this.call(operation, { ...ask, query });
      items.push(...(Object.values(lists).find((found): found is ItemOf<O>[] => Array.isArray(found)) ?? []));
      nextPage = typeof next === 'string' ? next : null;
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
    if (!UUID.test(text))
      throw new UsageError(
        `${JSON.stringify(text)} is no ${type.replaceAll('_', ' ')}: neither the PRN of one nor the UUID at its end.`,
      );
    return `${await this.organization()}:${type}:${text}`;
  }

  async #askOrganization(): Promise<Prn<'organization'>> {
    const { data } = await this.call('GET /users/me', {});
    return data.organization_prn as Prn<'organization'>;
  }

  get #origin(): string {
    return new URL(this.addresses.apiUrl).origin;
  }

  #exchange({ method, path, search, body }: AskedRequest): Promise<HttpReply> {
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

import { gzipSync } from 'node:zlib';
import { isRecord } from '../values/json-value.js';
import type { Addresses } from './addresses.js';
import { exchange, type HttpReply } from './http.js';
import { notFleethook, refusalOf } from './refusal.js';

/** What became of the events of one request, by their place in it. What is in neither was not taken. */
export interface IntakeReply {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Why not all were looked at; undefined when they were. */
  readonly problem: string | undefined;
  readonly accepted: ReadonlyMap<number, string>;
  readonly rejected: ReadonlyMap<number, Readonly<Record<string, readonly string[]>>>;
}

const BUSY = new Set([429, 503]);
const LOOKED_AT = new Set([202, 413, 422]);

/** The intake's one route. */
export class IntakeClient {
  constructor(
    private readonly addresses: Addresses,
    private readonly signal: AbortSignal,
  ) {}

  get url(): string {
    return this.addresses.ingestUrl;
  }

  /**
   * Events, a line of JSON each.
   * @throws CliError unreachable, and what is refused as a whole (the key, the form); being busy is in the reply
   */
  async post(lines: readonly string[], isCompressed: boolean): Promise<IntakeReply> {
    const body = Buffer.from(`${lines.join('\n')}\n`);
    const reply = await exchange(
      {
        method: 'POST',
        url: `${this.addresses.ingestUrl}/v1/events`,
        headers: {
          authorization: `Token ${this.addresses.apiKey('ingest')}`,
          'content-type': 'application/x-ndjson',
          ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
        },
        body: isCompressed ? gzipSync(body) : body,
      },
      'FLEETHOOK_INGEST_URL or --ingest-url',
      this.signal,
    );
    return readReply(reply, new URL(this.addresses.ingestUrl).origin);
  }
}

function readReply(reply: HttpReply, origin: string): IntakeReply {
  const isBusy = BUSY.has(reply.status);
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch {
    // Proxies in front of the intake say that it is away in words of their own.
    body = isBusy ? {} : undefined;
  }
  if (!isRecord(body)) throw notFleethook(reply, origin);
  const { events, rejected, errors } = body;
  const problem = isRecord(errors) && typeof errors['detail'] === 'string' ? errors['detail'] : undefined;
  if (!isBusy && !(LOOKED_AT.has(reply.status) && Array.isArray(rejected)))
    throw refusalOf(reply, 'POST /v1/events', origin);
  return {
    status: reply.status,
    retryAfterMs: reply.retryAfterMs,
    problem: isBusy ? (problem ?? 'The intake is busy') : problem,
    accepted: new Map(indexed<{ prn: string }>(events).map(({ index, prn }) => [index, prn])),
    rejected: new Map(indexed<{ errors: Record<string, string[]> }>(rejected).map((one) => [one.index, one.errors])),
  };
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what the items hold
function indexed<T>(value: unknown): readonly (T & { readonly index: number })[] {
  return Array.isArray(value) ? (value as (T & { index: number })[]) : [];
}

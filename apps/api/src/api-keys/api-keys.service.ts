import { Injectable } from '@nestjs/common';
import { isPrn, newPrn, organizationOf, timestampOf, type Prn } from '@fleethook/events';
import { hashApiKey, newApiKey, type ApiKeyScope } from '@fleethook/messages';
import { ApiKeyQueries, type ApiKeyChange, type ApiKeyEntity, type Author } from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { checkPathPrn } from '../http/path-prn.js';
import { InvalidFields, notFound, Refusal } from '../errors/problems.js';
import type { KeepReply } from '../idempotency/idempotency.interceptor.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { ConfigArrival } from '../outbox/config-arrival.js';
import type {
  ApiKeyReply,
  ApiKeysReply,
  CreateApiKey,
  ListByAge,
  RevealedApiKeyReply,
  UpdateApiKey,
} from './api-key.schemas.js';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly queries: ApiKeyQueries,
    private readonly arrival: ConfigArrival,
  ) {}

  /** A key can do no more than the one that makes it. */
  create(caller: Principal, input: CreateApiKey, keep: KeepReply): Promise<RevealedApiKeyReply> {
    const lacking = input.scopes.filter((scope) => !caller.scopes.includes(scope));
    if (lacking.length > 0)
      throw new InvalidFields({
        scopes: lacking.map((scope) => `${scope} cannot be granted: the API key that asks lacks it`),
      });
    return this.make(caller.organization, input, authorOf(caller), keep);
  }

  /** @throws Refusal 409 when there are too many */
  async make(
    organization: Prn<'organization'>,
    input: CreateApiKey,
    author: Author,
    keep: KeepReply,
  ): Promise<RevealedApiKeyReply> {
    const now = new Date();
    const key = newApiKey();
    const made: ApiKeyEntity = {
      prn: newPrn(organization, 'api_key'),
      organizationPrn: organization,
      name: input.name,
      hash: hashApiKey(key),
      scopes: [...input.scopes],
      expiresAt: input.expires_at ?? null,
      creatorPrn: isPrn(author.actor, 'api_key') ? author.actor : null,
      version: 1,
      insertedAt: now,
      updatedAt: now,
    };
    const reply: RevealedApiKeyReply = { api_key: { ...viewOf(made), key } };
    if (!(await this.queries.create(made, author, (transaction) => keep(transaction, reply))))
      throw new Refusal(409, 'The organization has as many API keys as it may have: revoke one first');
    await this.arrival.of(made.prn, made.version);
    return reply;
  }

  async get(caller: Principal, prn: string): Promise<ApiKeyReply> {
    return { api_key: viewOf(await this.#owned(caller, prn)) };
  }

  async list(caller: Principal, query: ListByAge): Promise<ApiKeysReply> {
    const listing = ['api-keys', caller.organization, query.order];
    const after = positionIn(listing, query.page);
    const found = await this.queries.list(caller.organization, {
      order: query.order,
      limit: query.limit + 1,
      after: after === undefined ? undefined : { insertedAtMs: after.atMs, prn: after.id },
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      api_keys: rows.map(viewOf),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.prn }),
    };
  }

  async update(caller: Principal, prn: string, input: UpdateApiKey): Promise<ApiKeyReply> {
    checkPathPrn(prn, input);
    const decide = (current: ApiKeyEntity): ApiKeyChange => {
      const change = changeOf(current, input);
      if (isLonger(current, change)) mayExtend(caller, current.scopes);
      return change;
    };
    const owned = ownPrn(caller, prn);
    const updated = await this.queries.update(caller.organization, owned, decide, authorOf(caller), new Date());
    if (updated === undefined) throw notFound();
    const { key, change } = updated;
    if ('expiresAt' in change) await this.arrival.of(key.prn, key.version);
    return { api_key: viewOf(key) };
  }

  async revoke(caller: Principal, prn: string): Promise<void> {
    const key = await this.#owned(caller, prn);
    if (!(await this.queries.revoke(caller.organization, key.prn, authorOf(caller)))) throw notFound();
    await this.arrival.of(key.prn);
  }

  async #owned(caller: Principal, prn: string): Promise<ApiKeyEntity> {
    const key = await this.queries.find(caller.organization, ownPrn(caller, prn));
    if (key === undefined) throw notFound();
    return key;
  }
}

/** @throws Refusal 404 */
function ownPrn({ organization }: Principal, prn: string): Prn<'api_key'> {
  if (!isPrn(prn, 'api_key') || organizationOf(prn) !== organization) throw notFound();
  return prn;
}

/** No end is the longest of all. */
function isLonger({ expiresAt: present }: ApiKeyEntity, { expiresAt: next }: ApiKeyChange): boolean {
  return present !== null && next !== undefined && (next === null || next > present);
}

/** A longer life is as much as a new key: it takes every scope that the key has. */
function mayExtend(caller: Principal, scopes: readonly ApiKeyScope[]): void {
  const lacking = scopes.filter((scope) => !caller.scopes.includes(scope));
  if (lacking.length > 0)
    throw new Refusal(403, `The API key lacks ${lacking.join(', ')}, which the key to be changed has`);
}

/** Only what differs from what is. */
function changeOf(key: ApiKeyEntity, input: UpdateApiKey): ApiKeyChange {
  const change: ApiKeyChange = {};
  if (input.name !== undefined && input.name !== key.name) change.name = input.name;
  if (input.expires_at !== undefined && input.expires_at?.getTime() !== key.expiresAt?.getTime())
    change.expiresAt = input.expires_at;
  return change;
}

function viewOf(key: ApiKeyEntity): ApiKeyReply['api_key'] {
  return {
    prn: key.prn,
    organization_prn: key.organizationPrn,
    name: key.name,
    scopes: key.scopes,
    creator_prn: key.creatorPrn,
    expires_at: key.expiresAt === null ? null : timestampOf(key.expiresAt.getTime()),
    inserted_at: timestampOf(key.insertedAt.getTime()),
    updated_at: timestampOf(key.updatedAt.getTime()),
  };
}

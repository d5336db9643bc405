import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { newPrn, type Envelope } from '@fleethook/events';
import { AuditLog, WebhookQueries, type WebhookChange, type WebhookEntity } from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { checkPathPrn } from '../http/path-prn.js';
import { InvalidFields, Refusal, unavailable } from '../errors/problems.js';
import type { KeepReply } from '../idempotency/idempotency.interceptor.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { bookmarkReplay } from '../replays/bookmark.js';
import { MAX_OPEN_REPLAYS } from '../replays/replay-limits.js';
import { EndpointViews } from './endpoint-views.js';
import { OwnedWebhooks } from './owned-webhook.js';
import { RequestSettings } from './request-settings.js';
import { testFireEnvelope } from './verification/test-fire.js';
import { TestFireSink } from './verification/test-fire.sink.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookVerification, type Endpoint } from './verification/webhook-verification.js';
import type { CreateWebhook, ListWebhooks, UpdateWebhook } from './webhook.schemas.js';
import { revealedWebhook, type RevealedWebhook, type WebhookView } from './webhook.view.js';

const BUSY_RETRY_AFTER_SECONDS = 5;

@Injectable()
export class WebhooksService {
  constructor(
    private readonly queries: WebhookQueries,
    private readonly owned: OwnedWebhooks,
    private readonly secrets: WebhookSecrets,
    private readonly settings: RequestSettings,
    private readonly verification: WebhookVerification,
    private readonly testFires: TestFireSink,
    private readonly views: EndpointViews,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * Nothing is stored unless the endpoint answers a test fire, signed with the secret that the reply shows.
   * @throws InvalidFields, Refusal 409, 503
   */
  async create(caller: Principal, input: CreateWebhook, keep: KeepReply): Promise<RevealedWebhook> {
    if (input.organization_prn !== undefined && input.organization_prn !== caller.organization)
      throw new InvalidFields({ organization_prn: ['is not the organization of this API key'] });
    const prn = newPrn(caller.organization, 'webhook');
    const { secret, bytes, stored } = this.secrets.create(prn);
    const settings = this.settings.create(prn, input);
    await this.#verify({
      organization: caller.organization,
      webhook: prn,
      url: input.url,
      secrets: [bytes],
      ownHeaders: this.settings.headersOf({ prn, ...settings }),
      timeoutMs: settings.timeoutMs,
    });
    const now = new Date();
    const webhook: WebhookEntity = {
      prn,
      organizationPrn: caller.organization,
      url: input.url,
      description: input.description ?? null,
      enabledEvents: input.enabled_events ?? [],
      filter: input.filter ?? null,
      ...settings,
      state: 'enabled',
      disabledBy: null,
      enabledAt: now,
      verifiedVersion: 1,
      beginsAt: now,
      disabledAt: null,
      secrets: [stored],
      version: 1,
      insertedAt: now,
      updatedAt: now,
    };
    const revealed = revealedWebhook(webhook, secret);
    await this.owned.add(caller, webhook, (transaction) => keep(transaction, { webhook: revealed }));
    return revealed;
  }

  async get(caller: Principal, prn: string): Promise<WebhookView> {
    return this.views.one(await this.owned.get(caller, prn));
  }

  async list(caller: Principal, query: ListWebhooks): Promise<{ webhooks: WebhookView[]; next_page: string | null }> {
    const listing = ['webhooks', caller.organization, query.order, query.search];
    const after = positionIn(listing, query.page);
    const found = await this.queries.list(caller.organization, {
      order: query.order,
      limit: query.limit + 1,
      after: after === undefined ? undefined : { insertedAtMs: after.atMs, prn: after.id },
      filters: query.search,
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      webhooks: await this.views.all(rows),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.prn }),
    };
  }

  /** @returns the PRN of a replay when the change has started one */
  async update(
    caller: Principal,
    prn: string,
    input: UpdateWebhook,
  ): Promise<{ webhook: WebhookView; replay_prn?: string }> {
    checkPathPrn(prn, input);
    // By this very call, which decides anew afterwards; others may have changed the webhook meanwhile.
    let verifiedUrl: string | undefined;
    let replay: string | undefined;
    const webhook = await this.owned.change(caller, prn, (current, now) => {
      const change = { ...changeOf(current, input), ...this.settings.changes(current, input) };
      replay = undefined;
      checkResumption(caller, change, input);
      if (Object.keys(change).length === 0) return { kind: 'nothing' };
      const next = Object.assign({}, current, change);
      const wasVerified = current.state === 'enabled' && next.url === current.url;
      if (next.state === 'enabled' && !wasVerified) {
        if (next.url !== verifiedUrl)
          return {
            kind: 'first',
            work: async () => {
              await this.#verify(this.#endpointOf(next));
              verifiedUrl = next.url;
            },
          };
        // From here: a 410 that an earlier URL or an earlier life answered says nothing about what was just verified.
        change.enabledAt = now;
      }
      if (input.resume_from !== 'bookmark' && change.state === 'enabled') change.beginsAt = now;
      if (input.resume_from === 'bookmark') {
        const asked = bookmarkReplay(current, change, now);
        change.startReplay = { replay: asked, maxOpen: MAX_OPEN_REPLAYS };
        replay = asked.prn;
      }
      return { kind: 'change', change };
    });
    return { webhook: await this.views.one(webhook), ...(replay === undefined ? {} : { replay_prn: replay }) };
  }

  delete(caller: Principal, prn: string): Promise<void> {
    return this.owned.remove(caller, prn);
  }

  /** An event of its own for this webhook, whatever it subscribes to: delivered, retried and recorded like any other. */
  async testFire(caller: Principal, prn: string): Promise<Envelope> {
    const webhook = await this.owned.get(caller, prn);
    if (webhook.state === 'disabled')
      throw new InvalidFields({ state: ['must be enabled: a disabled webhook is sent nothing'] });
    const nowMs = Date.now();
    const envelope = testFireEnvelope(caller.organization, webhook.prn, nowMs);
    // Before it is sent: there shall be no test fire that nobody asked for.
    await this.auditLog.record({
      author: authorOf(caller),
      organization: caller.organization,
      action: 'webhook.test_fired',
      resource: webhook.prn,
      after: { event_prn: envelope.prn },
    });
    await this.testFires.send(webhook.prn, envelope, nowMs);
    return envelope;
  }

  #endpointOf(webhook: WebhookEntity): Endpoint {
    return {
      organization: webhook.organizationPrn,
      webhook: webhook.prn,
      url: webhook.url,
      secrets: this.secrets.open(webhook),
      ownHeaders: this.settings.headersOf(webhook),
      timeoutMs: webhook.timeoutMs,
    };
  }

  async #verify(endpoint: Endpoint): Promise<void> {
    const verification = await this.verification.verify(endpoint);
    switch (verification.kind) {
      case 'verified':
        return;
      case 'refused':
        throw new InvalidFields({ url: [verification.message] }, { test_fire: verification.testFire });
      case 'busy':
        throw unavailable('Too many endpoints are being verified; try again', BUSY_RETRY_AFTER_SECONDS);
    }
  }
}

/** @throws InvalidFields, Refusal 403 */
function checkResumption({ scopes }: Principal, change: WebhookChange, { resume_from: from }: UpdateWebhook): void {
  if (from === undefined) return;
  if (change.state !== 'enabled')
    throw new InvalidFields({ resume_from: ['goes only with enabling a webhook that is disabled'] });
  if (from === 'bookmark' && !scopes.includes('replay')) throw new Refusal(403, 'The API key lacks the scope replay');
}

/** Only what differs from what is: a request that changes nothing is no change. */
function changeOf(current: WebhookEntity, input: UpdateWebhook): WebhookChange {
  const change: WebhookChange = {};
  if (input.url !== undefined && input.url !== current.url) change.url = input.url;
  if (input.description !== undefined && input.description !== current.description)
    change.description = input.description;
  if (input.enabled_events !== undefined && !sameList(input.enabled_events, current.enabledEvents))
    change.enabledEvents = input.enabled_events;
  if (input.filter !== undefined && !isDeepStrictEqual(input.filter, current.filter)) change.filter = input.filter;
  if (input.state === 'enabled' && current.state === 'disabled')
    Object.assign(change, { state: 'enabled', disabledBy: null } satisfies WebhookChange);
  if (input.state === 'disabled' && current.state === 'enabled')
    Object.assign(change, { state: 'disabled', disabledBy: 'user' } satisfies WebhookChange);
  return change;
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

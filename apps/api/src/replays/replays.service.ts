import { HttpStatus, Injectable } from '@nestjs/common';
import { isPrn, newPrn, organizationOf } from '@fleethook/events';
import { ReplayQueries, type ReplayEntity, type ReplayFilter, type WebhookEntity } from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { InvalidFields, notFound, Refusal } from '../errors/problems.js';
import type { KeepReply } from '../idempotency/idempotency.interceptor.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { OwnedWebhooks } from '../webhooks/owned-webhook.js';
import { MAX_OPEN_REPLAYS } from './replay-limits.js';
import type { CreateReplay, ListReplays } from './replay.schemas.js';
import { replayView, type ReplayView } from './replay.view.js';

@Injectable()
export class ReplaysService {
  constructor(
    private readonly queries: ReplayQueries,
    private readonly owned: OwnedWebhooks,
  ) {}

  async create(caller: Principal, input: CreateReplay, keep: KeepReply): Promise<ReplayView> {
    const webhook = await this.owned.get(caller, input.webhook_prn);
    if (webhook.state === 'disabled' && !input.dry_run)
      throw new InvalidFields({ webhook_prn: ['is disabled: enable the webhook first'] });
    const now = new Date();
    const to = new Date(Math.min(input.to?.getTime() ?? now.getTime(), now.getTime()));
    // A client's clock may be ahead of ours, but of what is to come there is nothing to send.
    if (input.from >= to) throw new InvalidFields({ from: ['must be in the past'] });
    const asked = {
      prn: newPrn(caller.organization, 'replay'),
      organizationPrn: caller.organization,
      webhookPrn: webhook.prn,
      source: input.source,
      from: input.from,
      to,
      filter: filterOf(input, webhook),
      ratePerSecond: input.rate_per_second,
      dryRun: input.dry_run,
    };
    const replay = await this.queries.create(asked, MAX_OPEN_REPLAYS, authorOf(caller), now, (transaction, made) =>
      keep(transaction, { replay: replayView(made) }),
    );
    if (replay === undefined)
      throw new Refusal(
        HttpStatus.CONFLICT,
        `The organization has ${MAX_OPEN_REPLAYS} replays that have not ended; cancel some, or wait`,
      );
    return replayView(replay);
  }

  async get(caller: Principal, prn: string): Promise<ReplayView> {
    return replayView(await this.#find(caller, prn));
  }

  async list(caller: Principal, query: ListReplays): Promise<{ replays: ReplayView[]; next_page: string | null }> {
    const { order, state, webhook_prn: webhook } = query;
    const listing = ['replays', caller.organization, order, state, webhook];
    const after = positionIn(listing, query.page);
    const found = await this.queries.list(caller.organization, {
      order,
      limit: query.limit + 1,
      after: after === undefined ? undefined : { insertedAtMs: after.atMs, prn: after.id },
      state,
      webhook,
    });
    const { rows, last } = pageOf(found, query.limit);
    return {
      replays: rows.map(replayView),
      next_page: last === undefined ? null : boundCursor(listing, { atMs: last.insertedAt.getTime(), id: last.prn }),
    };
  }

  pause(caller: Principal, prn: string): Promise<ReplayView> {
    return this.#steer(caller, prn, 'paused');
  }

  async resume(caller: Principal, prn: string): Promise<ReplayView> {
    const replay = await this.#find(caller, prn);
    const webhook =
      replay.endedAt === null && !replay.dryRun ? await this.owned.get(caller, replay.webhookPrn) : undefined;
    if (webhook?.state === 'disabled')
      throw new Refusal(HttpStatus.CONFLICT, 'The webhook is disabled; enable it first');
    return this.#steer(caller, prn, 'resumed');
  }

  cancel(caller: Principal, prn: string): Promise<ReplayView> {
    return this.#steer(caller, prn, 'cancelled');
  }

  async #steer(caller: Principal, prn: string, to: 'paused' | 'resumed' | 'cancelled'): Promise<ReplayView> {
    const { prn: found } = await this.#find(caller, prn);
    const replay = await this.queries.steer(caller.organization, found, to, authorOf(caller), new Date());
    if (replay === undefined) throw notFound();
    if (replay.endedAt !== null && replay.state !== to)
      throw new Refusal(HttpStatus.CONFLICT, `The replay has ended: it is ${replay.state}`);
    return replayView(replay);
  }

  async #find(caller: Principal, prn: string): Promise<ReplayEntity> {
    if (!isPrn(prn, 'replay') || organizationOf(prn) !== caller.organization) throw notFound();
    const replay = await this.queries.find(caller.organization, prn);
    if (replay === undefined) throw notFound();
    return replay;
  }
}

/**
 * Of the log, what the webhook would get by now: the events that it subscribes to, unless others are named, as far as its filter lets them
 * through. Failed deliveries had passed it once: all of them.
 */
function filterOf({ source, filter }: CreateReplay, webhook: WebhookEntity): ReplayFilter {
  const { enabled_events, device_prns, match, statuses, dead_reasons } = filter;
  const enabledEvents = enabled_events ?? (source === 'log' ? webhook.enabledEvents : undefined);
  if (enabledEvents?.length === 0)
    throw new InvalidFields({ filter: ['enabled_events must name events: the webhook subscribes to none'] });
  return {
    ...(enabledEvents === undefined ? {} : { enabledEvents: [...new Set(enabledEvents)] }),
    ...(device_prns === undefined ? {} : { devicePrns: [...new Set(device_prns)] }),
    ...(source === 'log' && webhook.filter !== null ? { webhookFilter: webhook.filter } : {}),
    ...(match === undefined ? {} : { match }),
    ...(source === 'failed' ? { statuses: [...new Set(statuses ?? ['failed' as const])] } : {}),
    ...(dead_reasons === undefined ? {} : { deadReasons: [...new Set(dead_reasons)] }),
  };
}

import { Injectable } from '@nestjs/common';
import { isPrn, organizationOf, type Prn } from '@fleethook/events';
import {
  WebhookQueries,
  type Alongside,
  type Decision,
  type WebhookChange,
  type WebhookEntity,
} from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { InvalidFields, notFound, Refusal } from '../errors/problems.js';
import { ConfigArrival } from '../outbox/config-arrival.js';
import { MAX_OPEN_REPLAYS } from '../replays/replay-limits.js';
import { unknownEvents } from './known-events.js';

/** Every process of the data plane holds them all, and one event may go to each of them. */
const MAX_PER_ORGANIZATION = 10_000;
/** The URL can become another one while the last one is verified, but not for ever. */
const MAX_ROUNDS = 4;

/** The caller's webhooks: another organization's are no different from ones that do not exist. What changes them is known when it is done. */
@Injectable()
export class OwnedWebhooks {
  constructor(
    private readonly queries: WebhookQueries,
    private readonly arrival: ConfigArrival,
  ) {}

  /**
   * @param alongside what else the transaction is to do
   * @throws InvalidFields when an event that it names is gone, Refusal 409 when there are as many as there may be
   */
  async add(caller: Principal, webhook: WebhookEntity, alongside: Alongside): Promise<void> {
    const result = await this.queries.create(webhook, MAX_PER_ORGANIZATION, authorOf(caller), alongside);
    switch (result.kind) {
      case 'created':
        return this.arrival.of(webhook.prn, webhook.version);
      case 'unknown_events':
        throw unknownEvents(result.unknown);
      case 'too_many':
        throw new Refusal(409, `An organization has at most ${MAX_PER_ORGANIZATION} webhooks: delete one first`);
    }
  }

  /** @throws Refusal 404 */
  async remove(caller: Principal, prn: string): Promise<void> {
    const webhook = await this.get(caller, prn);
    if (!(await this.queries.delete(caller.organization, webhook.prn, authorOf(caller)))) throw notFound();
    await this.arrival.of(webhook.prn);
  }

  /** @throws Refusal 404 */
  async get(caller: Principal, prn: string): Promise<WebhookEntity> {
    if (!isOwn(caller, prn)) throw notFound();
    const webhook = await this.queries.find(caller.organization, prn);
    if (webhook === undefined) throw notFound();
    return webhook;
  }

  /**
   * Decides on the webhook as it is, and writes, in one go: of many who change it at once each comes in turn. What takes time is done in
   * between, and decided on anew afterwards.
   * @throws Refusal 404, 409, InvalidFields
   */
  async change(
    caller: Principal,
    prn: string,
    decide: (webhook: WebhookEntity, now: Date) => Decision,
  ): Promise<WebhookEntity> {
    if (!isOwn(caller, prn)) throw notFound();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const result = await this.queries.change(caller.organization, prn, decide, authorOf(caller));
      switch (result.kind) {
        case 'unknown_events':
          throw unknownEvents(result.unknown);
        case 'too_many_replays':
          throw new InvalidFields({
            resume_from: [
              `bookmark would start a replay, and ${MAX_OPEN_REPLAYS} have not ended; cancel some, or wait`,
            ],
          });
        case 'missing':
          throw notFound();
        case 'nothing':
          return result.webhook;
        case 'changed':
          if (concernsOthers(result.change)) await this.arrival.of(prn, result.webhook.version);
          return result.webhook;
        case 'first':
          await result.work();
      }
    }
    throw new Refusal(409, 'The webhook is being changed by others at the same time; try again');
  }
}

const isOwn = ({ organization }: Principal, prn: string): prn is Prn<'webhook'> =>
  isPrn(prn, 'webhook') && organizationOf(prn) === organization;

/** What is for the eyes of people only is not waited for. */
function concernsOthers(change: WebhookChange): boolean {
  return Object.keys(change).some((field) => field !== 'description');
}

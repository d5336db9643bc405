import { Injectable } from '@nestjs/common';
import { isPrn, organizationOf } from '@fleethook/events';
import {
  WebhookQueries,
  type Alongside,
  type UpdateResult,
  type WebhookChange,
  type WebhookEntity,
} from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { notFound, Refusal } from '../errors/problems.js';
import { ConfigArrival } from '../outbox/config-arrival.js';

/** Two clients can change a webhook at once; whoever comes second decides again on what the first has left, but not for ever. */
const MAX_ROUNDS = 4;

/** The caller's webhooks: another organization's are no different from ones that do not exist. What changes them is known when it is done. */
@Injectable()
export class OwnedWebhooks {
  constructor(
    private readonly queries: WebhookQueries,
    private readonly arrival: ConfigArrival,
  ) {}

  /** @param alongside what else the transaction is to do */
  async add(caller: Principal, webhook: WebhookEntity, alongside: Alongside): Promise<void> {
    await this.queries.create(webhook, authorOf(caller), alongside);
    await this.arrival.of(webhook.prn, webhook.version);
  }

  /** @throws Refusal 404 */
  async remove(caller: Principal, prn: string): Promise<void> {
    const webhook = await this.get(caller, prn);
    if (!(await this.queries.delete(caller.organization, webhook.prn, authorOf(caller)))) throw notFound();
    await this.arrival.of(webhook.prn);
  }

  /** @throws Refusal 404 */
  async get(caller: Principal, prn: string): Promise<WebhookEntity> {
    if (!isPrn(prn, 'webhook') || organizationOf(prn) !== caller.organization) throw notFound();
    const webhook = await this.queries.find(caller.organization, prn);
    if (webhook === undefined) throw notFound();
    return webhook;
  }

  /**
   * Reads, decides, writes; again when somebody else wrote in between.
   * @param decide what to change about the webhook as it is now; undefined: nothing
   * @throws Refusal 404, 409
   */
  async change(
    caller: Principal,
    prn: string,
    decide: (webhook: WebhookEntity, now: Date) => Promise<WebhookChange | undefined>,
  ): Promise<WebhookEntity> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const webhook = await this.get(caller, prn);
      const change = await decide(webhook, new Date());
      if (change === undefined) return webhook;
      const result = await this.#write(caller, webhook, change);
      if (result.kind === 'updated') {
        if (concernsOthers(change)) await this.arrival.of(prn, result.webhook.version);
        return result.webhook;
      }
      if (result.kind === 'missing') throw notFound();
    }
    throw new Refusal(409, 'The webhook is being changed by others at the same time; try again');
  }

  #write(caller: Principal, webhook: WebhookEntity, change: WebhookChange): Promise<UpdateResult> {
    return this.queries.update(caller.organization, webhook.prn, webhook.version, change, authorOf(caller), new Date());
  }
}

/** What is for the eyes of people only is not waited for. */
function concernsOthers(change: WebhookChange): boolean {
  return Object.keys(change).some((field) => field !== 'description');
}

import { Injectable } from '@nestjs/common';
import { MessageError } from '@fleethook/messages';
import {
  EventQueries,
  WebhookQueries,
  type AttemptRecord,
  type DeliveryRecord,
  type WebhookEntity,
} from '@fleethook/store';
import type { Principal } from '../auth/principal.js';
import { signedHeaders } from '../webhooks/verification/signed-request.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import type { SentRequestView } from './delivery.schemas.js';

/**
 * The request of an attempt, made again from what is kept: the bytes of the event, the time of the attempt, the webhook as it is now. A
 * signature is a function of these, so while the webhook is at the version that the attempt was made of, it is the one that was sent. What
 * has expired and was removed since has raised the version, too.
 */
@Injectable()
export class SentRequests {
  constructor(
    private readonly webhooks: WebhookQueries,
    private readonly events: EventQueries,
    private readonly secrets: WebhookSecrets,
  ) {}

  /** Null when the webhook was deleted. */
  async of(caller: Principal, delivery: DeliveryRecord, attempt: AttemptRecord): Promise<SentRequestView | null> {
    const [webhook, body] = await Promise.all([
      this.webhooks.find(caller.organization, delivery.webhook),
      this.events.bodyOf(delivery.event),
    ]);
    if (webhook === undefined) return null;
    const { event, name } = delivery;
    const atMs = attempt.startedAt.getTime();
    const isUnchanged = attempt.configVersion === webhook.version;
    const secrets = this.#secretsOf(webhook, isUnchanged ? atMs : Date.now());
    const ours = Object.entries(signedHeaders({ event, name, attempt: attempt.attempt, atMs }, body, secrets));
    const own = [...webhook.headerNames, ...(webhook.sealedBasicAuth === null ? [] : ['authorization'])];
    return {
      method: 'POST',
      url: webhook.url,
      headers: [
        ...own.map((header) => ({ name: header, value: null })),
        ...ours.map(([header, value]) => ({ name: header, value })),
      ],
      body: body?.toString('utf8') ?? null,
      as_sent: body !== undefined && isUnchanged && secrets.length > 0,
    };
  }

  /** None when they cannot be opened: the rest is still worth seeing. */
  #secretsOf(webhook: WebhookEntity, atMs: number): Buffer[] {
    try {
      return this.secrets.open(webhook, atMs);
    } catch (error) {
      if (error instanceof MessageError) return [];
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { basicAuthOwner, headersOwner, MessageError, type SecretSealer } from '@fleethook/messages';
import { webhookConfigOf } from './config-of.js';
import { Database } from './database.js';
import { WebhookEntity } from './entities/webhook.entity.js';
import { changed, enqueue } from './outbox.js';

export interface ResealResult {
  /** Sealed anew with the first key. */
  readonly webhooks: number;
  readonly replies: number;
  /** Whose seal opens with none of the keys: left as it is. */
  readonly unreadable: readonly string[];
}

const PAGE = 200;

/** Seals anew, with the first key, whatever another key has sealed, so that the other one can be dropped. @throws StoreError */
@Injectable()
export class Resealing {
  constructor(private readonly database: Database) {}

  /** Any number of times, beside everything else that goes on: each row is done under its lock. */
  async run(sealer: SecretSealer): Promise<ResealResult> {
    const unreadable: string[] = [];
    const webhooks = await this.#webhooks(sealer, unreadable);
    const replies = await this.#replies(sealer, unreadable);
    return { webhooks, replies, unreadable };
  }

  async #webhooks(sealer: SecretSealer, unreadable: string[]): Promise<number> {
    let resealed = 0;
    for (let after = ''; ;) {
      const page = await this.database.run((manager) =>
        manager
          .createQueryBuilder(WebhookEntity, 'w')
          .where('w.prn > :after', { after })
          .orderBy('w.prn', 'ASC')
          .take(PAGE)
          .getMany(),
      );
      for (const webhook of page) {
        const { prn } = webhook;
        if (!sealsOf(webhook).some((sealed) => sealer.isStale(sealed))) continue;
        try {
          if (await this.#webhook(sealer, prn)) resealed++;
        } catch (error) {
          if (!(error instanceof MessageError)) throw error;
          unreadable.push(prn);
        }
      }
      if (page.length < PAGE) return resealed;
      after = page.at(-1)?.prn ?? after;
    }
  }

  /** To the topic as well: the data plane must not be the last to hold what the old key sealed. */
  #webhook(sealer: SecretSealer, prn: WebhookEntity['prn']): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const webhook = await manager.findOne(WebhookEntity, { where: { prn }, lock: { mode: 'pessimistic_write' } });
      if (webhook === null) return false;
      const secrets = webhook.secrets.map((secret) => ({ ...secret, sealed: again(sealer, secret.sealed, prn) }));
      const sealedHeaders = maybeAgain(sealer, webhook.sealedHeaders, headersOwner(prn));
      const sealedBasicAuth = maybeAgain(sealer, webhook.sealedBasicAuth, basicAuthOwner(prn));
      const written = { secrets, sealedHeaders, sealedBasicAuth, version: webhook.version + 1 };
      await manager.update(WebhookEntity, { prn }, written);
      await enqueue(manager, [changed(webhookConfigOf(Object.assign(webhook, written), Date.now()))]);
      return true;
    });
  }

  async #replies(sealer: SecretSealer, unreadable: string[]): Promise<number> {
    let resealed = 0;
    for (let after = { caller: '', key: '' }; ;) {
      const page = await this.database.run((manager) =>
        manager.query<{ caller: string; key: string; reply: string }[]>(
          `SELECT caller, key, reply FROM idempotency_keys
           WHERE (caller, key) > ($1, $2) AND reply IS NOT NULL ORDER BY caller, key LIMIT ${PAGE}`,
          [after.caller, after.key],
        ),
      );
      for (const { caller, key, reply } of page) {
        if (!sealer.isStale(reply)) continue;
        try {
          const sealed = again(sealer, reply, replyOwner(caller, key));
          await this.database.run((manager) =>
            manager.query('UPDATE idempotency_keys SET reply = $4 WHERE caller = $1 AND key = $2 AND reply = $3', [
              caller,
              key,
              reply,
              sealed,
            ]),
          );
          resealed++;
        } catch (error) {
          if (!(error instanceof MessageError)) throw error;
          unreadable.push(`a kept reply of ${caller}`);
        }
      }
      if (page.length < PAGE) return resealed;
      after = page.at(-1) ?? after;
    }
  }
}

/** Whom a kept reply is sealed for: it opens for no other name. */
export function replyOwner(caller: string, key: string): string {
  return `reply ${caller} ${key}`;
}

function sealsOf({ secrets, sealedHeaders, sealedBasicAuth }: WebhookEntity): string[] {
  return [...secrets.map(({ sealed }) => sealed), sealedHeaders, sealedBasicAuth].filter((sealed) => sealed !== null);
}

function maybeAgain(sealer: SecretSealer, sealed: string | null, owner: string): string | null {
  return sealed === null ? null : again(sealer, sealed, owner);
}

function again(sealer: SecretSealer, sealed: string, owner: string): string {
  return sealer.isStale(sealed) ? sealer.seal(sealer.open(sealed, owner), owner) : sealed;
}

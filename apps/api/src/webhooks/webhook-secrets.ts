import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { SecretSealer } from '@fleethook/messages';
import { newSecret, secretBytes } from '@fleethook/signing';
import { liveSecrets, type StoredSecret, type WebhookEntity } from '@fleethook/store';
import type { Principal } from '../auth/principal.js';
import { checkPathPrn } from '../http/path-prn.js';
import { InvalidFields } from '../errors/problems.js';
import { OwnedWebhooks } from './owned-webhook.js';
import type { RollSecret } from './webhook.schemas.js';
import { revealedWebhook, type RevealedWebhook } from './webhook.view.js';

/** Peridio's receivers and Standard Webhooks' take several signatures, but every one costs every delivery. */
const MAX_LIVE_SECRETS = 3;

/** Makes, seals, opens and rolls secrets: in clear they are in the reply that made them, and in memory while something is signed. */
@Injectable()
export class WebhookSecrets {
  constructor(
    private readonly sealer: SecretSealer,
    private readonly owned: OwnedWebhooks,
  ) {}

  /** A first secret, as shown and as stored. */
  create(webhook: Prn<'webhook'>): { secret: string; bytes: Buffer; stored: StoredSecret } {
    const secret = newSecret();
    const bytes = secretBytes(secret);
    return { secret, bytes, stored: { sealed: this.sealer.seal(bytes, webhook) } };
  }

  /** Those that sign at that time, oldest first. @throws MessageError SECRET_UNREADABLE */
  open(webhook: WebhookEntity, atMs = Date.now()): Buffer[] {
    return liveSecrets(webhook.secrets, atMs).map((secret) => this.sealer.open(secret.sealed, webhook.prn));
  }

  /** A new secret, beside which the old ones sign for so long: not longer than they would have anyway, and not at all for 0. */
  async roll(caller: Principal, prn: string, input: RollSecret): Promise<RevealedWebhook> {
    checkPathPrn(prn, input);
    const overlapSeconds = input.webhook_ttl ?? 0;
    let secret = '';
    const webhook = await this.owned.change(caller, prn, (current, now) => {
      const created = this.create(current.prn);
      secret = created.secret;
      const old = overlapSeconds === 0 ? [] : endingAt(current.secrets, now.getTime(), overlapSeconds);
      if (old.length >= MAX_LIVE_SECRETS)
        throw new InvalidFields({
          webhook_ttl: [`must be 0 while ${MAX_LIVE_SECRETS} secrets are live: no more can sign at once`],
        });
      return { kind: 'change', change: { secrets: [...old, created.stored] } };
    });
    return revealedWebhook(webhook, secret);
  }
}

function endingAt(secrets: readonly StoredSecret[], nowMs: number, overlapSeconds: number): StoredSecret[] {
  const endMs = nowMs + overlapSeconds * 1_000;
  return liveSecrets(secrets, nowMs).map((secret) => ({
    sealed: secret.sealed,
    expiresAtMs: Math.min(secret.expiresAtMs ?? endMs, endMs),
  }));
}

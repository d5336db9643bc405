import { Inject, Injectable } from '@nestjs/common';
import { isPrn, type Prn } from '@fleethook/events';
import { SecretSealer, type ConfigMessage, type DeadReason } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import { Webhook } from './webhook.js';

/** Why a delivery must not be sent: it is dead, or the configuration may not have arrived yet. */
export type Standing = Extract<DeadReason, 'webhook_deleted' | 'webhook_disabled' | 'gone'> | 'webhook_unknown';

/** Deletions are remembered, the latest this many: apart from them, an unknown webhook may just be very new. */
const MAX_DELETED = 50_000;

/** What this process knows of webhooks, from `webhook.config`. */
@Injectable()
export class WebhookDirectory {
  readonly #webhooks = new Map<string, Webhook>();
  readonly #deleted = new Set<string>();
  #longestTimeoutMs = 0;
  readonly #onUnreadable = (webhook: Webhook, error: unknown): void => {
    this.log.error(
      { event: 'webhook.secret_unreadable', webhook: webhook.prn, version: webhook.version, error },
      'deliveries of this webhook are put off: its secret cannot be opened with SECRETS_KEY',
    );
  };

  constructor(
    private readonly sealer: SecretSealer,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onChange(message: ConfigMessage): void {
    if (message.kind !== 'webhook') return;
    const known = this.#webhooks.get(message.prn);
    if (known !== undefined && known.version >= message.version) return;
    this.#deleted.delete(message.prn);
    this.#longestTimeoutMs = Math.max(this.#longestTimeoutMs, message.timeoutMs ?? 0);
    this.#webhooks.set(message.prn, new Webhook(message, this.sealer, this.#onUnreadable));
  }

  onRemove(key: string): void {
    if (!isPrn(key, 'webhook')) return;
    this.#webhooks.delete(key);
    this.#deleted.add(key);
    if (this.#deleted.size <= MAX_DELETED) return;
    for (const oldest of this.#deleted) {
      this.#deleted.delete(oldest);
      break;
    }
  }

  onReset(): void {
    this.#webhooks.clear();
    this.#deleted.clear();
  }

  /** The webhook, if deliveries may be sent to it now; else why not. */
  find(prn: Prn<'webhook'>): Webhook | Standing {
    const webhook = this.#webhooks.get(prn);
    if (webhook === undefined) return this.#deleted.has(prn) ? 'webhook_deleted' : 'webhook_unknown';
    if (webhook.isGone) return 'gone';
    return webhook.isEnabled ? webhook : 'webhook_disabled';
  }

  /** Its endpoint was verified since this version of its configuration. */
  isOutdated({ prn, version }: Webhook): boolean {
    return (this.#webhooks.get(prn)?.verifiedVersion ?? 0) > version;
  }

  /** It answered 410 to this version of its configuration. */
  markGone(webhook: Webhook): void {
    webhook.isGone = true;
  }

  /** Of all time limits that a webhook has, or had since this process began: one that was lowered may still be running elsewhere. 0: none has its own. */
  get longestTimeoutMs(): number {
    return this.#longestTimeoutMs;
  }

  get size(): number {
    return this.#webhooks.size;
  }
}

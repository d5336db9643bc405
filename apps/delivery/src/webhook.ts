import type { Prn } from '@fleethook/events';
import {
  openHeaders,
  type OwnHeaders,
  type SealedHeaders,
  type SecretSealer,
  type WebhookConfig,
} from '@fleethook/messages';
import type { SigningKey } from '@fleethook/signing';

interface OpenedKey {
  readonly key: SigningKey;
  readonly expiresAtMs: number;
}

/** Secrets that do not open are tried again after this time, not for every delivery. */
const REOPEN_AFTER_MS = 30_000;

/** One version of a webhook's configuration, with what is the same for all of its deliveries. */
export class Webhook {
  readonly prn: Prn<'webhook'>;
  readonly version: number;
  /** What was learnt of its endpoint with an older version says nothing any more. */
  readonly verifiedVersion: number;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxConcurrency: number | undefined;
  readonly ratePerSecond: number | undefined;
  readonly lanes: number;
  /** It answered 410; until a newer version of its configuration says otherwise. */
  isGone = false;
  /** What its owner adds to each request; known once `keysAt` has answered. */
  ownHeaders: OwnHeaders | undefined;
  readonly #sealed: WebhookConfig['secrets'];
  readonly #sealedHeaders: SealedHeaders | undefined;
  #opened: OpenedKey[] | undefined;
  #live: readonly SigningKey[] = [];
  /** The cached list is good until then. */
  #liveUntilMs = -Infinity;
  #reopenAtMs = -Infinity;

  constructor(
    config: WebhookConfig,
    private readonly sealer: SecretSealer,
    private readonly onUnreadable: (webhook: Webhook, error: unknown) => void,
  ) {
    this.prn = config.prn;
    this.version = config.version;
    this.verifiedVersion = config.verifiedVersion ?? 0;
    this.url = config.url;
    this.isEnabled = config.state === 'enabled';
    this.timeoutMs = config.timeoutMs;
    this.maxConcurrency = config.maxConcurrency;
    this.ratePerSecond = config.ratePerSecond;
    this.lanes = config.lanes;
    this.#sealed = config.secrets;
    const { sealedHeaders, sealedBasicAuth } = config;
    if (sealedHeaders !== undefined || sealedBasicAuth !== undefined)
      this.#sealedHeaders = { sealedHeaders, sealedBasicAuth };
  }

  /** Scheme, host and port, as connections are pooled by. */
  get origin(): string {
    return URL.parse(this.url)?.origin ?? this.url;
  }

  /** What signs now, oldest first: opened when first asked for. Undefined: something sealed cannot be read, or there is no secret. */
  keysAt(nowMs: number): readonly SigningKey[] | undefined {
    if (nowMs >= this.#liveUntilMs) this.#refresh(nowMs);
    return this.#live.length === 0 ? undefined : this.#live;
  }

  #refresh(nowMs: number): void {
    const opened = (this.#opened ??= this.#open(nowMs));
    if (opened === undefined) return;
    const live = opened.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    this.#live = live.map(({ key }) => key);
    this.#liveUntilMs = Math.min(...live.map(({ expiresAtMs }) => expiresAtMs));
    if (live.length === 0) this.#liveUntilMs = Infinity;
  }

  #open(nowMs: number): OpenedKey[] | undefined {
    if (nowMs < this.#reopenAtMs) return undefined;
    try {
      const opened = this.#sealed.map(({ sealed, expiresAtMs }) => ({
        key: this.sealer.open(sealed, this.prn),
        expiresAtMs: expiresAtMs ?? Infinity,
      }));
      if (this.#sealedHeaders !== undefined) this.ownHeaders = openHeaders(this.sealer, this.#sealedHeaders, this.prn);
      if (opened.length > 0) return opened;
      throw new RangeError('the configuration holds no secret');
    } catch (error) {
      this.#reopenAtMs = nowMs + REOPEN_AFTER_MS;
      this.onUnreadable(this, error);
      return undefined;
    }
  }
}

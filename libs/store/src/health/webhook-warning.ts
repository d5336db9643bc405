import type { Prn } from '@fleethook/events';

/** What a customer is told of an endpoint that fails, mildest first. */
export const WARNING_KINDS = [
  /** Several tries of one delivery have failed. */
  'delivery_failing',
  /** So much of the time has passed after which the webhook is disabled. */
  'disabling_50_percent',
  'disabling_70_percent',
  'disabling_90_percent',
  /** Fleethook has disabled it. */
  'disabled',
] as const;
export type WarningKind = (typeof WARNING_KINDS)[number];

export interface WarningDetails {
  /** Since when the endpoint fails. */
  readonly failingSinceMs?: number | undefined;
  /** When the webhook will be disabled if nothing changes. */
  readonly disablesAtMs?: number | undefined;
  /** The delivery that keeps failing, and what its latest attempt came to. */
  readonly delivery?: string | undefined;
  readonly outcome?: string | undefined;
  readonly status?: number | undefined;
  /** Why it was disabled. */
  readonly disabledBy?: 'gone' | 'failing' | undefined;
}

export interface NewWarning {
  readonly organization: Prn<'organization'>;
  readonly webhook: Prn<'webhook'>;
  readonly kind: WarningKind;
  /** The last success or enabling before it: of each kind there is one warning until the next. */
  readonly sinceMs: number;
  readonly details: WarningDetails;
}

export interface WebhookWarning extends NewWarning {
  readonly id: string;
  readonly insertedAt: Date;
}

/** That there was a warning of a kind: what the next one is decided by. */
export interface Warned {
  readonly kind: WarningKind;
  readonly sinceMs: number;
  readonly atMs: number;
}

import { HOUR_MS, type WebhookHealth } from '@fleethook/store';

/** The failures of an endpoint since it last answered with success, test fires that enabled its webhook included. */
export interface FailingRun {
  /** The success or the enabling before it; 0: none is known. */
  readonly afterMs: number;
  /** Shown as "failing since": never before `afterMs`, and up to an hour before `firstMs`. */
  readonly sinceMs: number;
  /** Two failures of it: the last of its first hour, and the last of all. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Undefined: it does not fail. @param enabledAtMs when the webhook was last enabled */
export function failingRun(health: WebhookHealth, enabledAtMs: number): FailingRun | undefined {
  const afterMs = lastGoodMs(health, enabledAtMs);
  const failuresMs = health.failingHoursMs.filter((atMs) => atMs > afterMs);
  const [firstMs] = failuresMs;
  if (firstMs === undefined) return undefined;
  const hourStartMs = Math.floor(firstMs / HOUR_MS) * HOUR_MS;
  return { afterMs, sinceMs: Math.max(afterMs, hourStartMs), firstMs, lastMs: failuresMs.at(-1) ?? firstMs };
}

export function lastGoodMs(health: WebhookHealth, enabledAtMs: number): number {
  return Math.max(health.lastSuccessAtMs ?? 0, enabledAtMs);
}

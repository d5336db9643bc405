import { HOUR_MS, type FailingWebhook, type Warned, type WarningDetails, type WarningKind } from '@fleethook/store';
import { failingRun, lastGoodMs, type FailingRun } from './failing-run.js';

/** What is to be done about a webhook: disable it, or give these warnings, often none. */
export type Verdict =
  | {
      readonly kind: 'disable';
      /** A failure after the webhook was last enabled. */
      readonly asOfMs: number;
      readonly details: WarningDetails;
    }
  | { readonly kind: 'warn'; readonly warnings: readonly DueWarning[] };

export interface DueWarning {
  readonly kind: WarningKind;
  readonly sinceMs: number;
  readonly details: WarningDetails;
}

/** One bad hour is no reason: a receiver that is gone for good fails at both ends of half a day. */
const FAILURES_APART_MS = 12 * HOUR_MS;

/** Parts of the time to disabling at which is warned, the last first. */
const STEPS = [
  { part: 0.9, kind: 'disabling_90_percent' },
  { part: 0.7, kind: 'disabling_70_percent' },
  { part: 0.5, kind: 'disabling_50_percent' },
] as const;
const STEP_KINDS: readonly WarningKind[] = STEPS.map(({ kind }) => kind);

/** A delivery that fails while others succeed: told of while it is fresh, and then not again for a day. */
const FRESH_MS = HOUR_MS;
const QUIET_MS = 24 * HOUR_MS;

/**
 * The rule: disable when nothing succeeded for the organization's time, a delivery has used up its horizon meanwhile, and failures lie at
 * least 12 h apart. Before that, one warning of each kind until the next success or enabling. A function of stored facts and the time only.
 */
export function verdictOn(webhook: FailingWebhook, nowMs: number): Verdict {
  const run = failingRun(webhook.health, webhook.enabledAtMs);
  if (run !== undefined && isToBeDisabled(webhook, run, nowMs))
    return { kind: 'disable', asOfMs: run.firstMs, details: { failingSinceMs: run.sinceMs } };
  const warnings = [strugglingWarning(webhook, run, nowMs), clockWarning(webhook, run, nowMs)];
  return { kind: 'warn', warnings: warnings.filter((warning) => warning !== undefined) };
}

function isToBeDisabled({ health, disableAfterMs }: FailingWebhook, run: FailingRun, nowMs: number): boolean {
  return (
    disableAfterMs !== undefined &&
    nowMs - run.sinceMs >= disableAfterMs &&
    (health.lastHorizonAtMs ?? 0) > run.afterMs &&
    run.lastMs - run.firstMs >= FAILURES_APART_MS
  );
}

function clockWarning(webhook: FailingWebhook, run: FailingRun | undefined, nowMs: number): DueWarning | undefined {
  const { disableAfterMs } = webhook;
  if (run === undefined || disableAfterMs === undefined) return undefined;
  const step = STEPS.find(({ part }) => nowMs - run.sinceMs >= part * disableAfterMs);
  if (step === undefined) return undefined;
  // Of steps that were reached at once, only the last is told.
  const told = STEP_KINDS.slice(0, STEP_KINDS.indexOf(step.kind) + 1);
  if (webhook.warned.some((warned) => told.includes(warned.kind) && warned.sinceMs >= run.afterMs)) return undefined;
  const details = { failingSinceMs: run.sinceMs, disablesAtMs: run.sinceMs + disableAfterMs };
  return { kind: step.kind, sinceMs: run.afterMs, details };
}

function strugglingWarning(
  webhook: FailingWebhook,
  run: FailingRun | undefined,
  nowMs: number,
): DueWarning | undefined {
  const { struggling } = webhook.health;
  if (struggling === undefined || struggling.atMs <= webhook.enabledAtMs) return undefined;
  const sinceMs = lastGoodMs(webhook.health, webhook.enabledAtMs);
  const last = webhook.warned.find(({ kind }) => kind === 'delivery_failing');
  const isDue = struggling.atMs > sinceMs ? isFirstSince(last, sinceMs) : isNews(last, struggling.atMs, nowMs);
  if (!isDue) return undefined;
  const { delivery, outcome, status } = struggling;
  return { kind: 'delivery_failing', sinceMs, details: { failingSinceMs: run?.sinceMs, delivery, outcome, status } };
}

function isFirstSince(last: Warned | undefined, sinceMs: number): boolean {
  return last === undefined || last.sinceMs < sinceMs;
}

/** Others have succeeded since, which would make every failure the first. */
function isNews(last: Warned | undefined, failedAtMs: number, nowMs: number): boolean {
  return nowMs - failedAtMs < FRESH_MS && (last === undefined || nowMs - last.atMs >= QUIET_MS);
}

import type { z } from 'zod';
import { timestampOf } from '@fleethook/events';
import { STRUGGLING_TRIES, type WebhookWarning } from '@fleethook/store';
import type { Warning } from './warning.schemas.js';

export type WarningView = z.infer<typeof Warning>;

export function warningView(warning: WebhookWarning): WarningView {
  const { failingSinceMs, disablesAtMs, disabledBy, delivery } = warning.details;
  return {
    id: warning.id,
    webhook_prn: warning.webhook,
    kind: warning.kind,
    message: messageOf(warning),
    failing_since: timeOf(failingSinceMs),
    disables_at: timeOf(disablesAtMs),
    disabled_by: disabledBy ?? null,
    delivery_id: delivery ?? null,
    request_failed: requestFailed(warning),
    inserted_at: timestampOf(warning.insertedAt.getTime()),
  };
}

function messageOf({ kind, details }: WebhookWarning): string {
  switch (kind) {
    case 'delivery_failing':
      return `A delivery has failed ${STRUGGLING_TRIES} times or more; it is tried again`;
    case 'disabling_50_percent':
    case 'disabling_70_percent':
    case 'disabling_90_percent':
      return `The endpoint fails, and ${kind.slice('disabling_'.length, -'_percent'.length)} % of the time has passed after which the webhook is disabled`;
    case 'disabled':
      return details.disabledBy === 'gone'
        ? 'The endpoint answered 410 Gone: the webhook was disabled'
        : 'The endpoint has failed for too long: the webhook was disabled';
  }
}

/** The names of the contract for what it knows; ours for the rest. */
const REQUEST_FAILURES: Readonly<Record<string, string>> = {
  http_status: 'response_status',
  redirect: 'response_status',
  gone: 'response_status',
  dns: 'host_resolution_failed',
  timeout: 'response_timeout',
};

function requestFailed({ webhook, details: { outcome, status } }: WebhookWarning): WarningView['request_failed'] {
  if (outcome === undefined) return null;
  const type = REQUEST_FAILURES[outcome] ?? outcome;
  const data = { webhook: { prn: webhook } };
  return { type, data: type === 'response_status' && status !== undefined ? { ...data, status } : data };
}

function timeOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : timestampOf(atMs);
}

import { shortPrn } from '../connection/api-client.js';
import type { Output } from '../output/output.js';
import type { Meaning } from '../output/style.js';
import type { Cell, Column } from '../output/table.js';
import { age } from '../values/moment.js';

/** As the API lists it. */
export interface Delivery {
  readonly id: string;
  readonly series: string | null;
  readonly webhook_prn: string;
  readonly event_prn: string;
  readonly event_type: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly detail: 'deferred' | 'dead' | 'redriven' | null;
  readonly dead_reason: string | null;
  readonly outcome: string | null;
  readonly response_status: number | null;
  readonly attempt_count: number;
  readonly inserted_at: string;
  readonly last_attempted_at: string | null;
  readonly delivered_at: string | null;
  readonly next_attempt_at: string | null;
}

export interface Attempt {
  readonly attempt: number;
  readonly series: string | null;
  readonly started_at: string;
  readonly outcome: string;
  readonly stage: string | null;
  readonly status: number | null;
  readonly latency_ms: number;
  readonly address: string | null;
  readonly response_excerpt: string | null;
  readonly detail: string | null;
  readonly next:
    | { readonly kind: 'retry'; readonly tier: string; readonly due_at: string | null }
    | { readonly kind: 'dead'; readonly reason: string }
    | null;
}

export type DeliveryInFull = Delivery & {
  readonly attempts: readonly Attempt[];
  readonly all_series: readonly Delivery[];
};

const MEANING: Readonly<Record<string, Meaning>> = {
  delivered: 'good',
  pending: 'warning',
  deferred: 'warning',
  failed: 'bad',
  dead: 'bad',
};

export function statusCell(delivery: Delivery): Cell {
  const text = delivery.detail ?? delivery.status;
  const meaning = MEANING[text];
  return meaning === undefined ? { text } : { text, meaning };
}

/** `503`, `timeout (headers)`, `connection_refused`. */
export function outcomeOf(attempt: Pick<Attempt, 'outcome' | 'stage' | 'status'>): string {
  if (attempt.status !== null) return String(attempt.status);
  return attempt.stage === null ? attempt.outcome : `${attempt.outcome} (${attempt.stage})`;
}

/** `200`; `503 x4` after several attempts. */
function lastOf({ response_status: status, outcome, attempt_count: attempts }: Delivery): string {
  const last = status === null ? (outcome ?? '-') : String(status);
  return attempts > 1 ? `${last} x${attempts}` : last;
}

/** @param by what tells the rows from each other */
export function deliveryTable(
  output: Output,
  deliveries: readonly Delivery[],
  by: 'type' | 'webhook',
  nowMs: number,
): void {
  const columns: readonly Column<Delivery>[] = [
    { title: 'AGE', cell: ({ inserted_at }) => age(inserted_at, nowMs) },
    by === 'type'
      ? { title: 'TYPE', cell: ({ event_type }) => event_type, canShrink: true }
      : { title: 'WEBHOOK', cell: ({ webhook_prn }) => shortPrn(webhook_prn), canShrink: true },
    { title: 'STATUS', cell: statusCell },
    { title: 'LAST', cell: lastOf, canShrink: true },
    { title: 'DELIVERY', cell: ({ id }) => id },
  ];
  output.table(columns, deliveries, 'There are no deliveries, as far as the history is written.');
}

import type { Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import type { Output } from '../output/output.js';
import type { Meaning } from '../output/style.js';
import type { Cell, Column } from '../output/table.js';
import { age } from '../values/moment.js';

type Delivery = Schemas['Delivery'];

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
export function outcomeOf(attempt: Pick<Schemas['Attempt'], 'outcome' | 'stage' | 'status'>): string {
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

import type { Schemas } from '@fleethook/contract';
import type { Output } from '../output/output.js';
import { printable } from '../output/style.js';
import { cut } from '../output/table.js';
import { formatDuration } from '../values/duration.js';
import { fullTime, relativeTime } from '../values/moment.js';
import { outcomeOf, statusCell } from './delivery-view.js';

const INDENT = '     ';

/** A delivery for people: what it is, then its attempts in the order they began. */
export function showTimeline(output: Output, delivery: Schemas['DeliveryInFull'], nowMs: number): void {
  const { text: status, meaning } = statusCell(delivery);
  output.facts([
    ['delivery', delivery.id],
    ['event', delivery.event_prn],
    ['type', delivery.event_type, 'name'],
    ['webhook', delivery.webhook_prn],
    ['status', delivery.dead_reason === null ? status : `${status} (${delivery.dead_reason})`, meaning],
    ['accepted', fullTime(delivery.inserted_at, nowMs)],
    ['delivered', delivery.delivered_at === null ? undefined : fullTime(delivery.delivered_at, nowMs)],
    ['next try', delivery.next_attempt_at === null ? undefined : fullTime(delivery.next_attempt_at, nowMs)],
  ]);
  output.line();
  if (delivery.attempts.length === 0) output.line('No attempt has been made yet.');
  let series: string | null = null;
  for (const attempt of delivery.attempts) {
    if (attempt.series !== series) output.line(output.paint('faint', `sent again, series ${attempt.series ?? '-'}`));
    ({ series } = attempt);
    showAttempt(output, attempt, nowMs);
  }
}

function showAttempt(output: Output, attempt: Schemas['Attempt'], nowMs: number): void {
  const isGood = attempt.outcome === 'delivered';
  const mark = output.paint(isGood ? 'good' : 'bad', isGood ? '✓' : '✗');
  const what = output.paint('name', isGood ? `delivered (${attempt.status})` : outcomeOf(attempt));
  output.line(
    `${mark} ${String(attempt.attempt).padStart(2)}  ${attempt.started_at.replace('T', ' ')}  ${what} after ${formatDuration(attempt.latency_ms)}${attempt.address === null ? '' : ` from ${attempt.address}`}`,
  );
  if (attempt.detail !== null) output.line(`${INDENT}${printable(attempt.detail)}`);
  if (attempt.response_excerpt !== null && attempt.response_excerpt !== '')
    output.line(`${INDENT}answered: ${cut(printable(attempt.response_excerpt), output.width - INDENT.length - 10)}`);
  if (attempt.next?.kind === 'retry') {
    const { tier, due_at: due } = attempt.next;
    const isAhead = due !== null && Date.parse(due) > nowMs;
    output.line(`${INDENT}again after ${tier}${isAhead ? `, ${relativeTime(due, nowMs)}` : ''}`);
  }
  if (attempt.next?.kind === 'dead') output.line(`${INDENT}${output.paint('bad', `given up: ${attempt.next.reason}`)}`);
}

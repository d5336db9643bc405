import { deliveryIdOf, type Prn } from '@fleethook/events';
import type { Schemas } from '@fleethook/contract';
import { waitFor } from '../connection/http.js';
import { showTimeline } from '../deliveries/delivery-timeline.js';
import { CliError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';

type DeliveryInFull = Schemas['DeliveryInFull'];

const POLL_MS = 300;

/** Sends a test event and looks for its first attempt in the history. */
export async function testFire(invocation: Invocation, given: string, waitMs: number): Promise<Ending> {
  const { api, output } = invocation;
  const prn = await api.prnOf('webhook', given);
  const { event } = await api.call('POST /webhooks/{prn}/test_fire', { path: { prn } });
  const id = deliveryIdOf(event.prn as Prn<'event'>, prn as Prn<'webhook'>);
  const delivery = await firstAttempt(invocation, id, waitMs);
  output.result({ event, delivery: delivery ?? null }, () => {
    if (delivery !== undefined) showTimeline(output, delivery, Date.now());
    else output.line(`Sent as ${event.prn}.`);
    if (delivery === undefined && waitMs > 0)
      output.warn('No attempt is in the history yet; look later: fleethook events show EVENT');
  });
  return delivery === undefined || delivery.status === 'delivered' ? 'ok' : 'failed';
}

async function firstAttempt(
  { api, signal }: Invocation,
  id: string,
  waitMs: number,
): Promise<DeliveryInFull | undefined> {
  for (const endMs = Date.now() + waitMs; Date.now() < endMs; await waitFor(POLL_MS, signal)) {
    try {
      const { delivery } = await api.call('GET /deliveries/{id}', { path: { id } });
      if (delivery.attempts.length > 0) return delivery;
    } catch (error) {
      // The history is written a moment later.
      if (!(error instanceof CliError) || error.ending !== 'not_found') throw error;
    }
  }
  return undefined;
}

import { z } from 'zod';
import { DialPolicy, type EgressResult } from '@fleethook/egress';
import { timestampOf } from '@fleethook/events';
import type { OwnHeaders } from '@fleethook/messages';
import { outcomeOfStatus } from '@fleethook/retry';
import { SentRequest } from '../../deliveries/delivery.schemas.js';
import { timestamp } from '../../listing/reply-fields.js';
import { DeliveryOutcome, TimeoutStage } from '../../openapi/named-values.js';
import type { SignedRequest } from './test-fire.js';

const WITHHELD = 'null also when the endpoint’s address is a special one that the operator lets through';

/** All that passed between us and an endpoint that did not pass its verification. */
export const FailedTestFire = z
  .object({
    started_at: timestamp,
    outcome: DeliveryOutcome.meta({ description: 'An answer of 201 to 299 is an `http_status`: it must be 200' }),
    stage: TimeoutStage.nullable().meta({ description: 'In which it failed; null when an answer came' }),
    status: z.int().nullable(),
    latency_ms: z.number(),
    response_headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .nullable()
      .meta({ description: `Null without an answer; ${WITHHELD}` }),
    response_excerpt: z
      .string()
      .nullable()
      .meta({ description: `The first 4 KiB of the answer; null without one; ${WITHHELD}` }),
    request: SentRequest,
  })
  .meta({ id: 'FailedTestFire' });
export type FailedTestFire = z.infer<typeof FailedTestFire>;

/**
 * Where anybody could ask for themselves: the internet, and this very machine, which the operator lets through on a laptop. What answers at
 * another address is within the operator's network, and what it says beyond its status is not for whoever may name a URL.
 */
const OPEN_ADDRESSES = new DialPolicy(['127.0.0.0/8', '::1/128']).guard;

export function failedTestFire(
  url: string,
  sent: SignedRequest & { readonly ownHeaders: OwnHeaders; readonly atMs: number },
  result: EgressResult,
): FailedTestFire {
  const answer = result.kind === 'response' ? result : undefined;
  const mayBeShown = result.address !== undefined && OPEN_ADDRESSES.refusal(result.address) === undefined;
  const shown = mayBeShown ? answer : undefined;
  return {
    started_at: timestampOf(sent.atMs),
    outcome: outcomeOf(result),
    stage: result.kind === 'failure' ? result.stage : null,
    status: answer?.status ?? null,
    latency_ms: Math.round(result.latencyMs),
    response_headers:
      shown === undefined ? null : Object.entries(shown.headers).map(([name, value]) => ({ name, value })),
    response_excerpt: shown?.excerpt ?? null,
    request: {
      method: 'POST',
      url,
      headers: Object.entries(sent.headers).map(([name, value]) => ({
        name,
        value: Object.hasOwn(sent.ownHeaders, name) ? null : value,
      })),
      body: sent.body.toString('utf8'),
      as_sent: true,
    },
  };
}

function outcomeOf(result: EgressResult): FailedTestFire['outcome'] {
  if (result.kind === 'failure') return result.failure;
  const { kind } = outcomeOfStatus(result.status, undefined);
  return kind === 'delivered' ? 'http_status' : kind;
}

import { isOpenAddress, type EgressResult } from '@fleethook/egress';
import type { OutgoingRecord } from '@fleethook/kafka';
import { encodeAttempt, TOPICS, type AttemptMessage } from '@fleethook/messages';
import type { EndedAttempt } from './attempt.js';

/** The record on `webhook.attempts`, which history shows to whoever may read deliveries. */
export function attemptRecord(attempt: EndedAttempt): OutgoingRecord {
  const { deliveryId, message, configVersion, startedAtMs, outcome, result, next } = attempt;
  const record = encodeAttempt({
    v: 1,
    delivery: deliveryId,
    series: message.series,
    attempt: message.attempt,
    event: message.event,
    name: message.name,
    webhook: message.webhook,
    configVersion,
    acceptedAtMs: message.acceptedAtMs,
    startedAtMs,
    latencyMs: result.latencyMs,
    outcome: outcome.kind,
    stage: outcome.kind === 'timeout' ? outcome.stage : undefined,
    status: result.kind === 'response' ? result.status : undefined,
    ...whatMayBeShown(result),
    next,
  });
  return { topic: TOPICS.attempts.name, key: record.key, value: record.value, headers: record.headers };
}

/** Of a special address that the operator lets through: nothing, as with a verification. Words about a failure name the address, too. */
function whatMayBeShown(result: EgressResult): Pick<AttemptMessage, 'address' | 'excerpt' | 'detail'> {
  const { address } = result;
  if (address !== undefined && !isOpenAddress(address)) return {};
  if (result.kind === 'failure') return { address, detail: result.detail };
  return { address, excerpt: result.excerpt === '' ? undefined : result.excerpt };
}

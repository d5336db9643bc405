import type { EgressFailure, EgressResult } from '@fleethook/egress';
import { outcomeOfStatus, parseRetryAfter, type Outcome } from '@fleethook/retry';

/** What an attempt came to, in the schedule's words. */
export function outcomeOf(result: EgressResult, nowMs: number): Outcome {
  if (result.kind === 'failure') return outcomeOfFailure(result);
  const { status, headers } = result;
  const retryAfterMs = status === 429 || status === 503 ? parseRetryAfter(headers['retry-after'], nowMs) : undefined;
  return outcomeOfStatus(status, retryAfterMs);
}

function outcomeOfFailure({ failure, stage }: EgressFailure): Outcome {
  switch (failure) {
    case 'timeout':
      return { kind: 'timeout', stage };
    case 'dns':
    case 'connection_refused':
    case 'connection_reset':
    case 'tls':
    case 'address_blocked':
    case 'proxy':
    case 'protocol':
      return { kind: failure };
  }
}

import type { DeliveryMessage } from '@fleethook/messages';
import type { TracedSpan } from '@fleethook/observability';
import { describeOutcome } from '@fleethook/retry';
import type { AttemptSpans, EndedAttempt } from './attempt.js';

/**
 * One attempt in its event's trace. Attempts of a delivery are siblings: each begins at the span that made it a delivery.
 *
 *   delivery  |== in Kafka == in its lane ==|== the attempt ==|
 *   request                                 |===== POST ======|
 */
export class AttemptTrace implements AttemptSpans {
  constructor(
    private readonly delivery: TracedSpan,
    readonly request: TracedSpan,
  ) {}

  get traceId(): string {
    return this.delivery.traceId;
  }

  /** The delivery as its next attempt will find it: in this trace, if it was in none. */
  carriedBy(message: DeliveryMessage): DeliveryMessage {
    return message.trace === undefined ? { ...message, trace: this.delivery.context } : message;
  }

  ended({ outcome, result, next, deliveryId }: EndedAttempt): void {
    if (this.request.isRecording) {
      this.request.set({
        'fleethook.outcome': outcome.kind,
        ...(outcome.kind === 'timeout' ? { 'fleethook.stage': outcome.stage } : {}),
        ...(result.kind === 'response' ? { 'http.response.status_code': result.status } : {}),
        ...(result.address === undefined ? {} : { 'network.peer.address': result.address }),
        'fleethook.connection_reused': result.connectionReused,
      });
      if (outcome.kind !== 'delivered')
        this.request.fail(
          result.kind === 'response' ? String(result.status) : outcome.kind,
          result.kind === 'failure' ? result.detail : describeOutcome(outcome),
        );
      this.delivery.set({
        'fleethook.delivery': deliveryId,
        'fleethook.outcome': outcome.kind,
        'fleethook.next': next.kind,
        ...(next.kind === 'retry' ? { 'fleethook.tier': next.tier } : {}),
      });
      if (next.kind === 'dead') this.delivery.fail(next.reason);
    }
    this.request.end();
    this.delivery.end();
  }
}

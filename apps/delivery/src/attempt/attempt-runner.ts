import { Inject, Injectable } from '@nestjs/common';
import type { EgressFailure, EgressRequest, EgressResult } from '@fleethook/egress';
import { LOG, type Log } from '@fleethook/observability';
import type { SigningKey } from '@fleethook/signing';
import { Clock } from '../clock.js';
import { AttemptPort, type SlotOwner } from '../lanes/attempt-port.js';
import type { LaneDelivery } from '../lanes/lane.js';
import { Unsendable } from '../unsendable.js';
import { WebhookDirectory } from '../webhook-directory.js';
import type { Webhook } from '../webhook.js';
import { AttemptFollowUp } from './attempt-follow-up.js';
import type { AttemptTrace } from './attempt-trace.js';
import { AttemptTracing } from './attempt-tracing.js';
import { deliveryRequest } from './delivery-request.js';

/** How a request leaves. Whatever the receiver does is a result; it rejects only for what we did wrong. */
export abstract class Egress {
  abstract post(request: EgressRequest): Promise<EgressResult>;
}

/** The time of one attempt in all, for webhooks that set none of their own. */
export abstract class AttemptTimeout {
  abstract readonly timeoutMs: number;
}

/** Makes one attempt: looks whether the webhook may still be sent to, signs, sends. */
@Injectable()
export class AttemptRunner extends AttemptPort {
  constructor(
    private readonly directory: WebhookDirectory,
    private readonly egress: Egress,
    private readonly followUp: AttemptFollowUp,
    private readonly unsendable: Unsendable,
    private readonly timeout: AttemptTimeout,
    private readonly clock: Clock,
    private readonly tracing: AttemptTracing,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
  }

  run(delivery: LaneDelivery, slot: SlotOwner): void {
    const { record, message } = delivery;
    // It may have changed while the delivery waited in its lane.
    const webhook = this.directory.find(message.webhook);
    const startedAtMs = this.clock.now();
    const keys = typeof webhook === 'string' ? undefined : webhook.keysAt(startedAtMs);
    if (typeof webhook === 'string' || keys === undefined) {
      this.unsendable.put(record, message, typeof webhook === 'string' ? webhook : 'secret_unreadable');
      slot.attemptEnded(delivery, undefined, 0);
    } else if (record.begin()) void this.#attempt(delivery, slot, webhook, keys, startedAtMs);
    else slot.attemptEnded(delivery, undefined, 0);
  }

  async #attempt(
    delivery: LaneDelivery,
    slot: SlotOwner,
    webhook: Webhook,
    keys: readonly SigningKey[],
    startedAtMs: number,
  ): Promise<void> {
    const { record, message } = delivery;
    const timeoutMs = webhook.timeoutMs ?? this.timeout.timeoutMs;
    let trace: AttemptTrace | undefined;
    let result: EgressResult;
    try {
      trace = this.tracing.begin(record, message, webhook.url, startedAtMs);
      const told = this.tracing.toReceiver(message, trace);
      result = await this.egress.post(deliveryRequest(webhook, message, keys, startedAtMs, timeoutMs, told));
    } catch (error) {
      result = notSent(error);
      this.log.error({ event: 'delivery.not_sent', webhook: message.webhook, event_prn: message.event, error });
    }
    const carried = trace === undefined ? message : trace.carriedBy(message);
    const outcome = this.followUp.ended(record, carried, webhook, startedAtMs, result, trace);
    slot.attemptEnded(delivery, outcome, result.latencyMs);
  }
}

/** Our own fault, a header that HTTP does not allow or a client that is closed: the delivery is tried again like any other. */
function notSent(error: unknown): EgressFailure {
  return {
    kind: 'failure',
    failure: 'protocol',
    stage: 'dns',
    detail: error instanceof Error ? error.message.slice(0, 200) : 'the request could not be made',
    address: undefined,
    latencyMs: 0,
    connectionReused: false,
  };
}

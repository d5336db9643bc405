import { Inject, Injectable } from '@nestjs/common';
import { RecordProducer } from '@fleethook/kafka';
import { encodeBreaker, TOPICS, type BreakerMessage } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';

/** Tells the control plane of breakers that open and close. */
export abstract class BreakerReports {
  /** Nobody waits for it, and it never fails: what does not arrive is stale after a while. */
  abstract report(message: BreakerMessage): void;
}

/** Beside the attempts, under the webhook's key: a lane's in the order in which they happened. At most two in 30 s and lane. */
@Injectable()
export class KafkaBreakerReports extends BreakerReports {
  constructor(
    private readonly producer: RecordProducer,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
  }

  override report(message: BreakerMessage): void {
    this.producer.enqueue({ topic: TOPICS.attempts.name, ...encodeBreaker(message) }, (error) => {
      if (error === undefined) return;
      this.log.warn({ event: 'webhook.breaker_unreported', webhook: message.webhook, code: error.code }, error.message);
    });
  }
}

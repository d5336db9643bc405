import { Inject, Injectable } from '@nestjs/common';
import { ConfigTopicReader, type KafkaRecord } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import { LOG, traceIdOf, type Log } from '@fleethook/observability';
import { Clock } from './clock.js';
import { DeadLetters } from './forwarding/dead-letters.js';
import { RetrySink } from './retry/retry-sink.js';
import type { Standing } from './webhook-directory.js';

/** Configuration takes a moment from the router's view to ours: what still says no after this time means it. */
const CONFIGURATION_WAIT_MS = 5_000;
/** At first, and at most: a quarter of its age, so that what waits for long is not written again and again. */
const SECRET_WAIT_MS = 30_000;
const LONGEST_SECRET_WAIT_MS = 1_800_000;

/** What becomes of deliveries that cannot be sent as things stand. */
@Injectable()
export class Unsendable {
  constructor(
    private readonly retries: RetrySink,
    private readonly deadLetters: DeadLetters,
    @Inject(ConfigTopicReader) private readonly configuration: Pick<ConfigTopicReader, 'isFollowing'>,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  put(record: KafkaRecord, message: DeliveryMessage, standing: Standing | 'secret_unreadable'): void {
    switch (standing) {
      case 'webhook_deleted':
      case 'gone':
        this.deadLetters.put(record, message, standing);
        return;
      case 'webhook_disabled':
        // The router may know that it was enabled, and we not yet.
        if (this.#isCertain(message, standing)) this.deadLetters.put(record, message, standing);
        else this.#defer(record, message, standing, CONFIGURATION_WAIT_MS);
        return;
      case 'webhook_unknown':
        // Its deletion may have been compacted away, or its creation be on its way: one wait tells.
        if (this.#isCertain(message, standing)) this.deadLetters.put(record, message, 'webhook_deleted');
        else this.#defer(record, message, standing, CONFIGURATION_WAIT_MS);
        return;
      case 'secret_unreadable':
        this.#defer(record, message, standing, this.#secretWaitMs(message));
    }
  }

  /** It has waited for the configuration once, and what we know of that is not of the time before Kafka went away. */
  #isCertain({ reason }: DeliveryMessage, standing: Standing): boolean {
    return reason === standing && this.configuration.isFollowing;
  }

  #secretWaitMs({ acceptedAtMs }: DeliveryMessage): number {
    const ageMs = this.clock.now() - acceptedAtMs;
    return Math.min(Math.max(ageMs / 4, SECRET_WAIT_MS), LONGEST_SECRET_WAIT_MS);
  }

  #defer(
    record: KafkaRecord,
    message: DeliveryMessage,
    reason: 'webhook_disabled' | 'webhook_unknown' | 'secret_unreadable',
    waitMs: number,
  ): void {
    const { webhook, event, attempt, trace } = message;
    this.log.warn({
      event: 'delivery.deferred',
      webhook,
      event_prn: event,
      attempt,
      reason,
      trace_id: traceIdOf(trace),
    });
    this.retries.defer(record, message, reason, waitMs);
  }
}

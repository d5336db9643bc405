import { Inject, Injectable } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { encodeDelivery, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { METRICS, type Metrics } from '@fleethook/observability';
import { RetrySink } from '../retry/retry-sink.js';
import { Forwarder } from './forwarder.js';

const LANE_MOVED = 'lane_moved';

/**
 * Puts deliveries into the lane that is theirs, so that each lane keeps to its part and no other one exists: what was written before the number of
 * lanes changed, and what never knew it (a replay, a test fire).
 */
@Injectable()
export class LaneMoves {
  constructor(
    private readonly forwarder: Forwarder,
    private readonly retries: RetrySink,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  put(record: KafkaRecord, message: DeliveryMessage, lane: number): void {
    const moved = { ...message, lane, reason: LANE_MOVED };
    // Moved before: two processes do not know the same number of lanes yet, and must not play ball with it.
    if (message.reason === LANE_MOVED) this.retries.defer(record, moved, LANE_MOVED, 0);
    else if (record.begin()) {
      this.metrics.deferred.inc({ reason: LANE_MOVED });
      this.forwarder.forward(record, [{ topic: TOPICS.deliveries.name, ...encodeDelivery(moved) }]);
    }
  }
}

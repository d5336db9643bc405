import { Injectable } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { decodeDelivery, laneOf, MAX_DELIVERY_RECORD_BYTES, type DeliveryMessage } from '@fleethook/messages';
import { DeadLetters } from './forwarding/dead-letters.js';
import { LaneMoves } from './forwarding/lane-moves.js';
import { LaneRegistry } from './lanes/lane-registry.js';
import { Unsendable } from './unsendable.js';
import { WebhookDirectory } from './webhook-directory.js';

/** Reads a record of `webhook.deliveries` and puts it into its lane, or where it belongs instead. */
@Injectable()
export class DeliveryIntake {
  constructor(
    private readonly directory: WebhookDirectory,
    private readonly lanes: LaneRegistry,
    private readonly moves: LaneMoves,
    private readonly unsendable: Unsendable,
    private readonly deadLetters: DeadLetters,
  ) {}

  accept(record: KafkaRecord): void {
    let message: DeliveryMessage;
    try {
      message = decodeDelivery(record);
    } catch (error) {
      this.deadLetters.putUndecodable(record, error);
      return;
    }
    if (message.body.length > MAX_DELIVERY_RECORD_BYTES) {
      this.deadLetters.put(record, message, 'too_large');
      return;
    }
    const webhook = this.directory.find(message.webhook);
    if (typeof webhook === 'string') {
      this.unsendable.put(record, message, webhook);
      return;
    }
    const lane = laneOf(message.event, webhook.lanes);
    if (message.lane === lane) this.lanes.offer(record, message, webhook);
    else this.moves.put(record, message, lane);
  }
}

import { Injectable } from '@nestjs/common';
import type { KafkaRecord } from '@fleethook/kafka';
import { decodeDelivery, MAX_DELIVERY_RECORD_BYTES, type DeliveryMessage } from '@fleethook/messages';
import { DeadLetters } from './forwarding/dead-letters.js';
import { LaneRegistry } from './lanes/lane-registry.js';
import { Unsendable } from './unsendable.js';
import { WebhookDirectory } from './webhook-directory.js';

/** Reads a record of `webhook.deliveries` and puts it into its lane, or where it belongs instead. */
@Injectable()
export class DeliveryIntake {
  constructor(
    private readonly directory: WebhookDirectory,
    private readonly lanes: LaneRegistry,
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
    if (typeof webhook === 'string') this.unsendable.put(record, message, webhook);
    else this.lanes.offer(record, message, webhook);
  }
}

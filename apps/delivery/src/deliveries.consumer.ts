import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { KafkaBatch } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { DeliveryIntake } from './delivery-intake.js';

/** Names the consumer of `webhook.deliveries`: Nest finds a transport's handlers by it. */
export const DELIVERIES = Symbol('webhook.deliveries');

@Controller()
export class DeliveriesConsumer {
  constructor(private readonly intake: DeliveryIntake) {}

  @EventPattern(TOPICS.deliveries.name, DELIVERIES)
  onBatch(@Payload() batch: KafkaBatch): void {
    for (const record of batch.records) this.intake.accept(record);
  }
}

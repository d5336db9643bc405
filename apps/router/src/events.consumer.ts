import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS } from '@fleethook/messages';
import type { KafkaBatch } from '@fleethook/kafka';
import { FanOut } from './fan-out.js';

/** Names the consumer of `fleet.events`: Nest finds a transport's handlers by it. */
export const EVENTS = Symbol('fleet.events');

@Controller()
export class EventsConsumer {
  constructor(private readonly fanOut: FanOut) {}

  @EventPattern(TOPICS.events.name, EVENTS)
  onBatch(@Payload() batch: KafkaBatch): void {
    this.fanOut.offer(batch.records);
  }
}

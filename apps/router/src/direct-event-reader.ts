import { Injectable } from '@nestjs/common';
import { EventTypes } from '@fleethook/events';
import { readDirectEvent, type EventRead } from '@fleethook/messages';
import type { KafkaRecord } from '@fleethook/kafka';

/** Reads what a producer wrote straight to `fleet.events`. */
@Injectable()
export class DirectEventReader {
  constructor(private readonly types: EventTypes) {}

  read(record: KafkaRecord): EventRead {
    return readDirectEvent(record, this.types);
  }
}

import { Injectable } from '@nestjs/common';
import { decodeEvent, isNormalised, MessageError, type EventRead } from '@fleethook/messages';
import type { KafkaRecord } from '@fleethook/kafka';
import { DirectEventReader } from './direct-event-reader.js';

/** Reads a record of `fleet.events`: intake's are normalised already, a direct producer's are checked and normalised here. */
@Injectable()
export class EventReader {
  constructor(private readonly direct: DirectEventReader) {}

  read(record: KafkaRecord): EventRead {
    if (!isNormalised(record)) return this.direct.read(record);
    try {
      return { kind: 'event', event: decodeEvent(record) };
    } catch (error) {
      if (error instanceof MessageError) return { kind: 'refused', detail: error.message };
      throw error;
    }
  }
}

import type { EventTypes } from '@fleethook/events';
import { DirectEventReader } from './direct-event-reader.js';
import { decodeEvent, isNormalised } from './event.message.js';
import type { EventRead, EventRecord } from './event-read.js';
import { MessageError } from '../message-error.js';

/**
 * Reads a record of `fleet.events`: intake's are normalised already, a direct producer's are checked and normalised here. The same record
 * gives the same event, byte for byte, whoever reads it and whenever.
 */
export class EventReader {
  readonly #direct: DirectEventReader;

  constructor(types: EventTypes) {
    this.#direct = new DirectEventReader(types);
  }

  /** Never throws: whatever a record holds, the ones behind it in its partition go on. */
  read(record: EventRecord): EventRead {
    try {
      if (!isNormalised(record)) return this.#direct.read(record);
      return { kind: 'event', event: decodeEvent(record) };
    } catch (error) {
      const refused = { kind: 'refused', reason: 'undecodable' } as const;
      if (error instanceof MessageError) return { ...refused, detail: error.message };
      return { ...refused, detail: 'reading it failed', fault: error };
    }
  }
}

import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { EventQueries } from '@fleethook/store';

/** Where a past event is looked up by its PRN: a filter can be tried on what really came. */
export abstract class StoredEvents {
  /** The envelope, as it was sent; undefined when it is not kept (any longer). */
  abstract find(event: Prn<'event'>): Promise<Buffer | undefined>;
}

/** As long as the history keeps events. */
@Injectable()
export class RecordedEvents extends StoredEvents {
  constructor(private readonly events: EventQueries) {
    super();
  }

  override find(event: Prn<'event'>): Promise<Buffer | undefined> {
    return this.events.bodyOf(event);
  }
}

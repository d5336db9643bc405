import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';

/** Where a past event is looked up by its PRN: a filter can be tried on what really came. */
export abstract class StoredEvents {
  /** The envelope, as it was sent; undefined when it is not kept (any longer). */
  abstract find(event: Prn<'event'>): Promise<Buffer | undefined>;
}

/** Until the history holds events. */
@Injectable()
export class NoStoredEvents extends StoredEvents {
  override find(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

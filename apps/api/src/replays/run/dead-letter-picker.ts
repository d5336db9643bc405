import type { Prn } from '@fleethook/events';
import type { LogRecord } from '@fleethook/kafka';
import { decodeDead, MessageError, type DeadReason, type DeliveryMessage } from '@fleethook/messages';
import { RecordPicker } from './topic-source.js';

export interface DeadLetterChoice {
  readonly webhook: Prn<'webhook'>;
  readonly deadReasons: readonly DeadReason[];
  /** Of events that intake took before; later ones are in the log. */
  readonly acceptedBeforeMs: number;
}

/** The deliveries of one webhook that were given up for certain reasons, as they were first sent. */
export class DeadLetterPicker extends RecordPicker {
  constructor(private readonly choice: DeadLetterChoice) {
    super();
  }

  override pick(records: readonly LogRecord[]): Promise<readonly (DeliveryMessage | undefined)[]> {
    return Promise.resolve(records.map((record) => this.#deliveryOf(record)));
  }

  #deliveryOf(record: LogRecord): DeliveryMessage | undefined {
    const { webhook, deadReasons, acceptedBeforeMs } = this.choice;
    // Nearly all are another webhook's, and not worth reading.
    if (record.key?.startsWith(webhook) !== true) return undefined;
    const delivery = deadDeliveryOf(record, deadReasons);
    if (delivery?.webhook !== webhook || delivery.acceptedAtMs >= acceptedBeforeMs) return undefined;
    const { event, name, lane, acceptedAtMs, body, trace } = delivery;
    return { event, name, webhook, lane, acceptedAtMs, attempt: 1, body, trace };
  }
}

/** Undefined for a record that is no delivery, or cannot be read. */
export function deadDeliveryOf(record: LogRecord, reasons?: readonly DeadReason[]): DeliveryMessage | undefined {
  try {
    const dead = decodeDead(record);
    if (dead.kind !== 'delivery' || reasons?.includes(dead.deadReason) === false) return undefined;
    return dead.delivery;
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import { encodeDelivery, TOPICS, type DeliveryMessage, type RecordHeaders } from '@fleethook/messages';

export const ORGANIZATION = newOrganizationPrn();

export function deliveryMessage(changes: Partial<DeliveryMessage> = {}): DeliveryMessage {
  return {
    event: newPrn(ORGANIZATION, 'event'),
    name: parseEventName('device.connected'),
    webhook: newPrn(ORGANIZATION, 'webhook'),
    lane: 0,
    acceptedAtMs: 1_700_000_000_000,
    attempt: 1,
    body: Buffer.from('{"version":1}'),
    ...changes,
  };
}

/** A taken record of which a spec sees what became. */
export class FakeRecord implements KafkaRecord {
  state: 'waiting' | 'begun' | 'settled' | 'abandoned' = 'waiting';
  mayBegin = true;
  mayForward = true;
  /** False: `mayForward` is sure only once `beSure` says so. */
  isSure = true;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  readonly #undecided: (() => void)[] = [];

  constructor(
    message: DeliveryMessage,
    readonly offset = 0,
    readonly timestampMs = 1_700_000_000_000,
    readonly topic: string = TOPICS.deliveries.name,
    readonly partition = 0,
  ) {
    const encoded = encodeDelivery(message);
    this.key = encoded.key;
    this.value = encoded.value === null ? null : Buffer.from(encoded.value);
    this.headers = encoded.headers;
  }

  begin(): boolean {
    if (!this.mayBegin || this.state === 'begun' || this.state === 'settled') return false;
    this.state = 'begun';
    return true;
  }

  settle(): void {
    if (this.state !== 'begun') throw new Error(`settled while ${this.state}`);
    this.state = 'settled';
  }

  abandon(): void {
    if (this.state !== 'begun') throw new Error(`abandoned while ${this.state}`);
    this.state = 'abandoned';
  }

  onceSure(decide: () => void): void {
    if (this.isSure) decide();
    else this.#undecided.push(decide);
  }

  /** The brokers have spoken. */
  beSure(mayForward: boolean): void {
    this.isSure = true;
    this.mayForward = mayForward;
    for (const decide of this.#undecided.splice(0)) decide();
  }
}

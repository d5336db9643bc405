import { parseEventName } from '@fleethook/events';
import type { KafkaRecord } from '@fleethook/kafka';
import { rereadDelivery, type DeliveryMessage } from '@fleethook/messages';
import type { OriginLane, OriginShare } from './origin-share.js';

const TEST_FIRE = parseEventName('webhook.test_fire');

/**
 * A delivery in its lane: waiting, then in flight. Many thousands wait at a time, and what waits is moved about by the garbage collector
 * again and again: so it is its record's bytes, and is read anew when its turn has come.
 *
 * @typeParam L its lane
 */
export class QueuedDelivery<L extends OriginLane<L>> {
  readonly isAgain: boolean;
  readonly bodyBytes: number;
  /** Whose connection it was given, while it is in flight: its webhook's URL may change meanwhile. */
  origin: OriginShare<L> | undefined;
  /** Of its gate, while it is in flight: likewise. */
  era = 0;
  #message: DeliveryMessage | undefined;

  /** @param message what the record says */
  constructor(
    readonly record: KafkaRecord,
    message: DeliveryMessage,
    readonly lane: L,
  ) {
    this.isAgain = isAgain(message);
    this.bodyBytes = message.body.length;
    this.#message = message;
  }

  /** Keeps the bytes alone, until somebody asks what they say. */
  forgetMessage(): void {
    this.#message = undefined;
  }

  /** It was never tried, and its horizon is over: the attempt that it gets now is its first and its last. */
  runFromSince(): void {
    this.#message = { ...this.message, firstAttemptAtMs: this.message.sinceMs };
  }

  get message(): DeliveryMessage {
    this.#message ??= rereadDelivery(this.record);
    return this.#message;
  }
}

/** Not a fresh delivery: tried before, or sent again by a resend or a replay. */
export function isAgain({ attempt, series }: DeliveryMessage): boolean {
  return attempt > 1 || series !== undefined;
}

/** Somebody asked for it a moment ago, and waits to see what the endpoint makes of it; for its retries nobody waits. */
export function isTestFire({ name, attempt }: DeliveryMessage): boolean {
  return name === TEST_FIRE && attempt === 1;
}

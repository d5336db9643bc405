import { deliveryIdOf } from '@fleethook/events';
import {
  LogRangeReader,
  offsetsOfWindow,
  type KafkaConnection,
  type KafkaContext,
  type LogRecord,
} from '@fleethook/kafka';
import { TOPICS, type DeliveryMessage, type EventReader, type TraceHeaders } from '@fleethook/messages';
import type { EventBodyQueries, ReplayableDelivery } from '@fleethook/store';
import { deadDeliveryOf } from './run/dead-letter-picker.js';

/** A record is written within so long of the time that it bears: a produce call that is tried again, two clocks. */
const SLACK_MS = 60_000;

/** What was sent, and in which trace: undefined where that was not kept. */
export interface FoundBody {
  readonly body: Buffer;
  readonly trace: TraceHeaders | undefined;
}

type Bodies = Map<string, FoundBody>;

/** Finds the bytes that were sent, wherever they are still kept: in the history, else in a dead letter, else in the log. */
export class EventBodies {
  constructor(
    private readonly history: EventBodyQueries,
    private readonly connection: KafkaConnection,
    private readonly context: KafkaContext,
  ) {}

  /**
   * Of many, from the history and from dead letters.
   * @param deliveries all of one organization
   * @returns by delivery; those that are not kept any more are missing
   * @throws StoreError, KafkaError
   */
  async ofAll(deliveries: readonly ReplayableDelivery[], signal: AbortSignal): Promise<Bodies> {
    const found = await this.#inHistory(deliveries);
    const missing = deliveries.filter(({ delivery }) => !found.has(delivery));
    await this.#inDeadLetters(missing, found, signal);
    return found;
  }

  /** Of one, from the log as well. @throws StoreError, KafkaError */
  async of(delivery: ReplayableDelivery, reader: EventReader, signal: AbortSignal): Promise<FoundBody | undefined> {
    const found = await this.#inHistory([delivery]);
    if (found.size === 0) await this.#inLog(delivery, reader, found, signal);
    if (found.size === 0) await this.#inDeadLetters([delivery], found, signal);
    return found.get(delivery.delivery);
  }

  async #inHistory(deliveries: readonly ReplayableDelivery[]): Promise<Bodies> {
    const kept = await this.history.find(deliveries);
    const found: Bodies = new Map();
    for (const { delivery, event } of deliveries) {
      const body = kept.get(event);
      if (body !== undefined) found.set(delivery, { body, trace: undefined });
    }
    return found;
  }

  async #inLog(delivery: ReplayableDelivery, reader: EventReader, found: Bodies, signal: AbortSignal): Promise<void> {
    const acceptedAtMs = delivery.acceptedAt.getTime();
    if (acceptedAtMs < Date.now() - TOPICS.events.retentionMs) return;
    const read = (record: LogRecord): void => {
      const result = reader.read(record);
      if (result.kind === 'event' && result.event.event === delivery.event)
        found.set(delivery.delivery, kept(result.event));
    };
    await this.#search(TOPICS.events.name, acceptedAtMs, acceptedAtMs, read, () => found.size > 0, signal);
  }

  async #inDeadLetters(missing: readonly ReplayableDelivery[], found: Bodies, signal: AbortSignal): Promise<void> {
    const wanted = new Set(missing.filter(({ deadAt }) => deadAt !== undefined).map(({ delivery }) => delivery));
    if (wanted.size === 0) return;
    const diedAtMs = missing.flatMap(({ deadAt }) => deadAt?.getTime() ?? []);
    const read = (record: LogRecord): void => {
      const dead = deadDeliveryOf(record);
      const id = dead === undefined ? undefined : idOf(dead);
      if (dead !== undefined && id !== undefined && wanted.delete(id)) found.set(id, kept(dead));
    };
    const [first, last] = [Math.min(...diedAtMs), Math.max(...diedAtMs)];
    await this.#search(TOPICS.dead.name, first, last, read, () => wanted.size === 0, signal);
  }

  async #search(
    topic: string,
    fromMs: number,
    toMs: number,
    read: (record: LogRecord) => void,
    isDone: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const window = { topic, fromMs: fromMs - SLACK_MS, toMs: toMs + SLACK_MS };
    const ranges = await offsetsOfWindow(this.connection, window, this.context);
    const options = { connection: this.connection, topic, reader: 'bodies', ranges, signal };
    for await (const { records } of new LogRangeReader(options, this.context).read()) {
      for (const record of records) read(record);
      if (isDone()) return;
    }
  }
}

/** Bytes of their own: a record's are a part of a whole batch's. */
function kept({ body, trace }: { readonly body: Buffer; readonly trace?: TraceHeaders | undefined }): FoundBody {
  return { body: Buffer.from(body), trace };
}

function idOf({ event, webhook }: DeliveryMessage): string {
  return deliveryIdOf(event, webhook);
}

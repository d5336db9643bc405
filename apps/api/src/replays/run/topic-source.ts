import {
  LogRangeReader,
  offsetsOfWindow,
  type KafkaConnection,
  type KafkaContext,
  type LogRecord,
} from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import type { ReplayPosition } from '@fleethook/store';
import { ReplaySource, type ReplayItem } from './replay-source.js';

/** Says which records of a topic are sent, and as what. */
export abstract class RecordPicker {
  /** @returns a delivery, or undefined, for each record */
  abstract pick(records: readonly LogRecord[]): Promise<readonly (DeliveryMessage | undefined)[]>;
}

export interface TopicWindow {
  /** Without the prefix. */
  readonly topic: string;
  /** Of record timestamps, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

type PartitionPosition = [partition: number, next: number, end: number];

/** A window of a topic, record by record. */
export class TopicSource extends ReplaySource {
  constructor(
    private readonly connection: KafkaConnection,
    private readonly context: KafkaContext,
    private readonly window: TopicWindow,
    private readonly picker: RecordPicker,
  ) {
    super();
  }

  override async open(position: ReplayPosition): Promise<number> {
    const { topic } = this.window;
    position.topics ??= {};
    if (position.topics[topic] === undefined) {
      const ranges = await offsetsOfWindow(this.connection, this.window, this.context);
      position.topics[topic] = ranges.map(({ partition, next, end }) => [partition, next, end]);
    }
    return position.topics[topic].reduce((sum, [, next, end]) => sum + end - next, 0);
  }

  override async *items(position: ReplayPosition, signal: AbortSignal): AsyncGenerator<readonly ReplayItem[]> {
    const { topic } = this.window;
    const partitions = position.topics?.[topic] ?? [];
    const ranges = partitions.map(([partition, next, end]) => ({ partition, next, end }));
    const reader = new LogRangeReader(
      { connection: this.connection, topic, reader: 'replay', ranges, signal },
      this.context,
    );
    for await (const { partition, records, next, expired } of reader.read()) {
      const place = partitions.find(([number]) => number === partition);
      if (place === undefined) continue;
      const items = itemsOf(place, records, await this.picker.pick(records));
      const last = records.at(-1)?.offset;
      const reached = last === undefined ? place[1] : last + 1;
      items.push({ ...at(place, next, next - reached), skipped: expired });
      yield items;
    }
  }
}

/** One for each record that is sent, with those before it that are not. */
function itemsOf(
  place: PartitionPosition,
  records: readonly LogRecord[],
  deliveries: readonly (DeliveryMessage | undefined)[],
): ReplayItem[] {
  const items: ReplayItem[] = [];
  let [, next] = place;
  records.forEach(({ offset }, index) => {
    const delivery = deliveries[index];
    if (delivery === undefined && index < records.length - 1) return;
    // In offsets, as the total is: those without a record count as looked at.
    items.push({ ...at(place, offset + 1, offset + 1 - next), delivery });
    next = offset + 1;
  });
  return items;
}

function at(place: PartitionPosition, next: number, scanned: number): ReplayItem {
  return { scanned, skipped: 0, delivery: undefined, pass: () => void (place[1] = next) };
}

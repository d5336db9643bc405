import { organizationOf, type Prn } from '@fleethook/events';
import type { LogRecord } from '@fleethook/kafka';
import type { DeliveryMessage, EventMessage, EventReader } from '@fleethook/messages';
import type { ReplayMatcher } from './replay-matcher.js';
import { RecordPicker } from './topic-source.js';

/** What a replay wants of `fleet.events`. */
export interface EventChoice {
  readonly webhook: Prn<'webhook'>;
  /** Of the times at which intake took the events; `toMs` is exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly matcher: ReplayMatcher;
}

/** Leaves out deliveries that need not be sent, of one webhook. */
export type LeaveOut = (deliveries: readonly DeliveryMessage[]) => Promise<ReadonlySet<DeliveryMessage>>;

/** Makes deliveries of the events of an organization. Records that nobody can read were parked by the router, and are left alone. */
export class EventPicker extends RecordPicker {
  constructor(
    private readonly reader: EventReader,
    private readonly choice: EventChoice,
    private readonly leaveOut?: LeaveOut,
  ) {
    super();
  }

  override async pick(records: readonly LogRecord[]): Promise<readonly (DeliveryMessage | undefined)[]> {
    const picked = records.map((record) => this.#deliveryOf(record));
    if (this.leaveOut === undefined) return picked;
    const left = await this.leaveOut(picked.filter((delivery) => delivery !== undefined));
    return picked.map((delivery) => (delivery !== undefined && left.has(delivery) ? undefined : delivery));
  }

  #deliveryOf(record: LogRecord): DeliveryMessage | undefined {
    const read = this.reader.read(record);
    if (read.kind === 'refused' || !this.#isWanted(read.event)) return undefined;
    const { event, name, acceptedAtMs, body, trace } = read.event;
    return { event, name, webhook: this.choice.webhook, lane: 0, acceptedAtMs, attempt: 1, body, trace };
  }

  #isWanted({ event, name, acceptedAtMs, body }: EventMessage): boolean {
    const { webhook, fromMs, toMs, matcher } = this.choice;
    if (organizationOf(event) !== organizationOf(webhook)) return false;
    if (acceptedAtMs < fromMs || acceptedAtMs >= toMs) return false;
    return matcher.wantsName(name) && matcher.wantsBody(body);
  }
}

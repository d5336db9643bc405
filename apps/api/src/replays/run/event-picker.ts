import { organizationOf, PastEventTypes, type Prn } from '@fleethook/events';
import type { LogRecord } from '@fleethook/kafka';
import { EventReader, type DeliveryMessage, type EventMessage } from '@fleethook/messages';
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

/** Chooses among deliveries of one webhook. */
export type Chosen = (deliveries: readonly DeliveryMessage[]) => Promise<ReadonlySet<DeliveryMessage>>;

export interface EventKnowledge {
  /** Which were taken as events when they came, as far as that is known. */
  readonly taken: Chosen;
  /** Which need not be sent. */
  readonly leaveOut?: Chosen | undefined;
}

/**
 * Makes deliveries of the events of an organization. Records that nobody could read were parked by the router, and are left alone. What a
 * direct producer wrote is held to the types as they are by now; what these refuse may have been taken before they were changed.
 */
export class EventPicker extends RecordPicker {
  readonly #pastReader = new EventReader(new PastEventTypes());

  constructor(
    private readonly reader: EventReader,
    private readonly choice: EventChoice,
    private readonly knowledge: EventKnowledge,
  ) {
    super();
  }

  override async pick(records: readonly LogRecord[]): Promise<readonly (DeliveryMessage | undefined)[]> {
    const doubtful = new Set<DeliveryMessage>();
    const picked = records.map((record) => this.#deliveryOf(record, doubtful));
    if (doubtful.size > 0) for (const taken of await this.knowledge.taken([...doubtful])) doubtful.delete(taken);
    const sure = picked.map((delivery) => (delivery !== undefined && doubtful.has(delivery) ? undefined : delivery));
    if (this.knowledge.leaveOut === undefined) return sure;
    const left = await this.knowledge.leaveOut(sure.filter((delivery) => delivery !== undefined));
    return sure.map((delivery) => (delivery !== undefined && left.has(delivery) ? undefined : delivery));
  }

  /** @param doubtful gets those that would be refused today */
  #deliveryOf(record: LogRecord, doubtful: Set<DeliveryMessage>): DeliveryMessage | undefined {
    const read = this.reader.read(record);
    const known = read.kind === 'refused' ? this.#pastReader.read(record) : read;
    if (known.kind === 'refused' || !this.#isWanted(known.event)) return undefined;
    const { event, name, acceptedAtMs, body, trace } = known.event;
    const { webhook } = this.choice;
    const delivery = { event, name, webhook, lane: 0, acceptedAtMs, attempt: 1, body, trace } satisfies DeliveryMessage;
    if (known !== read) doubtful.add(delivery);
    return delivery;
  }

  #isWanted({ event, name, acceptedAtMs, body }: EventMessage): boolean {
    const { webhook, fromMs, toMs, matcher } = this.choice;
    if (organizationOf(event) !== organizationOf(webhook)) return false;
    if (acceptedAtMs < fromMs || acceptedAtMs >= toMs) return false;
    return matcher.wantsName(name) && matcher.wantsBody(body);
  }
}

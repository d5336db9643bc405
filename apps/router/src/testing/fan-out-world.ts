import { EventTypes, newOrganizationPrn, newPrn, parseEventName, type Prn } from '@fleethook/events';
import { KafkaError, RecordProducer, type KafkaRecord, type OutgoingRecord, type RecordDone } from '@fleethook/kafka';
import { SubscriptionIndex } from '@fleethook/matching';
import { encodeEvent, EventReader, type EncodedRecord, type RecordToSend } from '@fleethook/messages';
import { createLog, createMetrics, Tracing } from '@fleethook/observability';
import { EventRouter } from '../event-router.js';
import { EventTracing } from '../event-tracing.js';
import { FanOut } from '../fan-out.js';

export const organization = newOrganizationPrn();
export const CONNECTED = parseEventName('device.connected');

/** A record of the engine, as a script: whether it may begin, and what became of it. */
export class ScriptedRecord implements KafkaRecord {
  readonly topic = 'fleet.events';
  readonly partition = 3;
  readonly timestampMs = 1_700_000_000_000;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: EncodedRecord['headers'];
  mayBegin = true;
  mayForward = true;
  /** False: `mayForward` is sure only once `beSure` says so. */
  isSure = true;
  readonly #undecided: (() => void)[] = [];
  readonly calls: string[] = [];

  constructor(
    to: RecordToSend,
    readonly offset = 7,
  ) {
    this.key = to.key;
    this.value = to.value === null ? null : Buffer.from(to.value);
    this.headers = to.headers;
  }

  begin(): boolean {
    this.calls.push('begin');
    return this.mayBegin;
  }

  settle(): void {
    this.calls.push('settle');
  }

  abandon(): void {
    this.calls.push('abandon');
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

export class ScriptedProducer extends RecordProducer {
  readonly sent: { record: OutgoingRecord; onDone: RecordDone }[] = [];
  /** Refuses at once, from within `enqueue`, while it is set. */
  refusal: KafkaError | undefined;

  override enqueue(record: OutgoingRecord, onDone: RecordDone): void {
    if (this.refusal !== undefined) onDone(this.refusal);
    else this.sent.push({ record, onDone });
  }

  answerAll(error?: KafkaError): void {
    for (const { onDone } of this.sent.splice(0)) onDone(error);
  }
}

export function eventRecord(event: Prn<'event'> = newPrn(organization, 'event'), offset?: number): ScriptedRecord {
  const body = Buffer.from('{"version":1}');
  return new ScriptedRecord(
    encodeEvent({ event, name: CONNECTED, acceptedAtMs: 1_699_999_999_000, body }, undefined),
    offset,
  );
}

export function asRead(record: OutgoingRecord): EncodedRecord {
  return new ScriptedRecord(record);
}

// Once, and before a spec takes the clock over: they have timers of their own.
const metrics = createMetrics();
const log = createLog({ app: 'test', level: 'silent', format: 'json' });

/** Routing between what is read and what is written, both in a spec's hands. */
export class FanOutWorld {
  readonly producer = new ScriptedProducer();
  readonly subscriptions = new SubscriptionIndex();
  readonly fanOut: FanOut;

  constructor() {
    const reader = new EventReader(new EventTypes());
    const router = new EventRouter(reader, this.subscriptions, new EventTracing(Tracing.off), log, metrics);
    this.fanOut = new FanOut(router, this.producer, log);
  }

  subscribe(lanes = 1): Prn<'webhook'> {
    const prn = newPrn(organization, 'webhook');
    this.subscriptions.set({ prn, organization, enabledEvents: [CONNECTED], state: 'enabled', lanes });
    return prn;
  }
}

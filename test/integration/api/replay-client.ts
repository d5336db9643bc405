import { deliveryIdOf, newPrn, parseEventName, type EventName, type Prn } from '@fleethook/events';
import {
  decodeDelivery,
  encodeDeadDelivery,
  encodeEvent,
  TOPICS,
  type DeadReason,
  type DeliveryMessage,
} from '@fleethook/messages';
import { attemptFact, deathFact, HistoryPartitions, HistoryWriter, type HistoryFact } from '@fleethook/store';
import { eventually } from '../../support/eventually.js';
import { attemptMessage } from '../../support/facts.js';
import { Receiver } from '../../support/receiver.js';
import type { TopicTail } from '../../support/topic-tail.js';
import { ApiWorld, type ApiWorldOptions, type Call, type Reply } from './api-world.js';

export const CONNECTED = parseEventName('device.connected');
const RETENTION_MS = 30 * 86_400_000;

export interface Replay {
  prn: Prn<'replay'>;
  state: string;
  reason: string | null;
  source: string;
  from: string;
  to: string;
  filter: Record<string, unknown>;
  progress: {
    scanned: number;
    matched: number;
    sent: number;
    skipped: number;
    total_estimate: number | null;
    percent: number | null;
  };
  started_at: string | null;
  ended_at: string | null;
}

export interface TestEvent {
  readonly prn: Prn<'event'>;
  readonly name: EventName;
  readonly device: Prn<'device'>;
  readonly acceptedAtMs: number;
  readonly body: Buffer;
}

/** An API, a webhook, and a log that the test writes; what the replays send is read from `webhook.deliveries`. */
export class ReplayClient implements AsyncDisposable {
  private constructor(
    readonly world: ApiWorld,
    readonly receiver: Receiver,
    private readonly tail: TopicTail,
    readonly webhook: Prn<'webhook'>,
    readonly organization: Prn<'organization'>,
  ) {}

  static async create(options: ApiWorldOptions = {}): Promise<ReplayClient> {
    const world = await ApiWorld.create(options);
    const receiver = await Receiver.listen();
    const reply = await world.call('POST', '/webhooks', { body: { url: receiver.url, enabled_events: [CONNECTED] } });
    const { prn, organization_prn } = (
      reply.json as { webhook: { prn: Prn<'webhook'>; organization_prn: Prn<'organization'> } }
    ).webhook;
    // Part of the history; days are made by whoever writes it.
    await world.database.query(`CREATE TABLE IF NOT EXISTS events (
      organization uuid NOT NULL, accepted_at timestamptz(3) NOT NULL, event uuid NOT NULL, name text NOT NULL,
      inserted_at timestamptz(3) NOT NULL, device uuid, identifier text, cohort uuid, product uuid, tags text[],
      actor text, resource text, body bytea NOT NULL, PRIMARY KEY (organization, accepted_at, event)
    ) PARTITION BY RANGE (accepted_at)`);
    await world.database.query('CREATE TABLE events_of_the_test PARTITION OF events DEFAULT');
    return new ReplayClient(world, receiver, await world.kafka.tail(TOPICS.deliveries.name), prn, organization_prn);
  }

  call(method: string, path: string, call: Call = {}): Promise<Reply> {
    return this.world.call(method, path, call);
  }

  event(changes: Partial<TestEvent> & { organization?: Prn<'organization'> } = {}): TestEvent {
    const organization = changes.organization ?? this.organization;
    const prn = changes.prn ?? newPrn(organization, 'event');
    const device = changes.device ?? newPrn(organization, 'device');
    const name = changes.name ?? CONNECTED;
    const body = Buffer.from(
      JSON.stringify({
        version: 1,
        prn,
        type: 'device',
        inserted_at: '2026-01-01T00:00:00Z',
        data: { type: name.split('.')[1], data: { device: { prn: device } } },
      }),
    );
    return { prn, name, device, acceptedAtMs: Date.now() - 60_000, body, ...changes };
  }

  events(count: number, changes: Partial<TestEvent> = {}): TestEvent[] {
    return Array.from({ length: count }, () => this.event(changes));
  }

  /** As intake writes them. */
  async log(events: readonly TestEvent[]): Promise<void> {
    await Promise.all(
      events.map(({ prn, name, device, acceptedAtMs, body }) =>
        this.world.kafka.producer.send({
          ...encodeEvent({ event: prn, name, acceptedAtMs, body }, device),
          topic: TOPICS.events.name,
        }),
      ),
    );
  }

  async keepBodies(events: readonly TestEvent[]): Promise<void> {
    await this.world.database.query(
      `INSERT INTO events (organization, accepted_at, event, name, inserted_at, body)
       SELECT $1, accepted_at, event, name, now(), body
       FROM unnest($2::timestamptz[], $3::uuid[], $4::text[], $5::bytea[]) AS row (accepted_at, event, name, body)`,
      [
        this.organization.slice(-36),
        events.map(({ acceptedAtMs }) => new Date(acceptedAtMs)),
        events.map(({ prn }) => prn.slice(-36)),
        events.map(({ name }) => name),
        events.map(({ body }) => body),
      ],
    );
  }

  async record(facts: readonly HistoryFact[]): Promise<void> {
    const writer = new HistoryWriter(this.world.store, new HistoryPartitions(this.world.store));
    await writer.write(facts, { nowMs: Date.now(), retentionMs: RETENTION_MS });
  }

  delivered({ prn: event, name, acceptedAtMs }: TestEvent, series?: string): HistoryFact {
    return attemptFact(attemptMessage({ webhook: this.webhook, event, name, acceptedAtMs, series }));
  }

  /** Tried in vain; the next attempt is due after `dueInMs`. */
  pending({ prn: event, name, acceptedAtMs }: TestEvent, dueInMs = 60_000): HistoryFact {
    return attemptFact(
      attemptMessage({
        webhook: this.webhook,
        event,
        name,
        acceptedAtMs,
        outcome: 'http_status',
        status: 500,
        next: { kind: 'retry', tier: '1m', dueAtMs: Date.now() + dueInMs },
      }),
    );
  }

  dead(
    { prn: event, name, acceptedAtMs, body }: TestEvent,
    deadReason: DeadReason,
    diedAtMs = Date.now(),
  ): HistoryFact {
    return deathFact({
      kind: 'delivery',
      deadReason,
      diedAtMs,
      delivery: { event, name, webhook: this.webhook, lane: 0, acceptedAtMs, attempt: 1, body },
    });
  }

  /** As the delivery app writes them. */
  async bury(events: readonly TestEvent[], deadReason: DeadReason, webhook = this.webhook): Promise<void> {
    for (const { prn: event, name, acceptedAtMs, body } of events)
      await this.world.kafka.producer.send({
        ...encodeDeadDelivery({
          kind: 'delivery',
          deadReason,
          diedAtMs: Date.now(),
          delivery: { event, name, webhook, lane: 0, acceptedAtMs, attempt: 3, firstAttemptAtMs: acceptedAtMs, body },
        }),
        topic: TOPICS.dead.name,
      });
  }

  idOf(event: TestEvent): string {
    return deliveryIdOf(event.prn, this.webhook);
  }

  /** The last ten minutes of the webhook, unless told otherwise. */
  async replay(body: Record<string, unknown> = {}): Promise<Replay> {
    const reply = await this.call('POST', '/replays', {
      body: { webhook_prn: this.webhook, from: secondsOf(Date.now() - 600_000), rate_per_second: 5_000, ...body },
    });
    if (reply.status !== 201) throw new Error(`not created: ${reply.text}`);
    return replayOf(reply);
  }

  async get(prn: string): Promise<Replay> {
    return replayOf(await this.call('GET', `/replays/${prn}`));
  }

  /** Waits until it is in a state. */
  reached(prn: string, state: string): Promise<Replay> {
    return eventually(
      async () => {
        const replay = await this.get(prn);
        if (replay.state !== state) throw new Error(`is ${JSON.stringify(replay)}`);
        return replay;
      },
      { withinMs: 45_000, explain: () => this.world.logLines.slice(-10).join('') },
    );
  }

  /** What a replay, or a resend, has written. */
  sent(series: string): DeliveryMessage[] {
    return this.tail.records
      .map((record) => decodeDelivery(record))
      .filter((delivery) => delivery.series === series.slice(-36));
  }

  /** Once so many have come. */
  async arrived(series: string, count: number): Promise<DeliveryMessage[]> {
    return eventually(
      () => {
        const sent = this.sent(series);
        if (sent.length < count) throw new Error(`${sent.length} of ${count} arrived`);
        return sent;
      },
      { withinMs: 20_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}

export const replayOf = (reply: Reply): Replay => {
  if (reply.status >= 300) throw new Error(`${reply.status}: ${reply.text}`);
  return (reply.json as { replay: Replay }).replay;
};

export const secondsOf = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

export const prnsOf = (events: readonly { readonly prn: string }[]): string[] =>
  events.map(({ prn }) => prn).toSorted();

export const eventsOf = (deliveries: readonly DeliveryMessage[]): string[] =>
  deliveries.map(({ event }) => event).toSorted();

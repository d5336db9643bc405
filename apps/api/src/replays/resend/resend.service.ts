import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { newUuidV7 } from '@fleethook/events';
import { KafkaError } from '@fleethook/kafka';
import { encodeDelivery, TOPICS, type DeliveryMessage } from '@fleethook/messages';
import { LOG, METRICS, startAtZero, type Log, type Metrics, type TraceContext } from '@fleethook/observability';
import { AuditLog, ReplayableDeliveries, type ReplayableDelivery } from '@fleethook/store';
import { authorOf, type Principal } from '../../auth/principal.js';
import { InvalidFields, notFound, Refusal, unavailable } from '../../errors/problems.js';
import { DeliveryProducer } from '../../kafka/api-kafka.module.js';
import { prnField, uuidField } from '../../listing/reply-fields.js';
import { OwnedWebhooks } from '../../webhooks/owned-webhook.js';
import { EventBodies, type FoundBody } from '../event-bodies.js';
import { ReplayTracing } from '../replay-tracing.js';
import { messageOf } from '../run/failed-source.js';
import { ReplaySources } from '../run/replay-sources.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KAFKA_RETRY_AFTER_SECONDS = 5;
/** Clients have no time-out: a log that cannot be read in time is one that is away. */
const SEARCH_TIMEOUT_MS = 10_000;

/** The new series of a delivery, as the history will show it once it has been attempted. */
const ResentDelivery = z
  .object({
    id: uuidField,
    series: uuidField,
    webhook_prn: prnField('webhook'),
    event_prn: prnField('event'),
    event_type: z.string(),
    status: z.literal('pending'),
    attempt_count: z.literal(0),
  })
  .meta({ id: 'ResentDelivery' });
export type ResentDelivery = z.infer<typeof ResentDelivery>;

export const ResendReply = z.object({ delivery: ResentDelivery });

/** Sends one delivery again. */
@Injectable()
export class ResendService {
  constructor(
    private readonly deliveries: ReplayableDeliveries,
    private readonly owned: OwnedWebhooks,
    private readonly auditLog: AuditLog,
    private readonly bodies: EventBodies,
    private readonly sources: ReplaySources,
    private readonly producer: DeliveryProducer,
    private readonly tracing: ReplayTracing,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(metrics.resends, 'result', ['sent', 'gone']);
  }

  /** Resolved once Kafka has it. @param trace of the request that asks for it @throws Refusal 404, 410, 503 */
  async resend(caller: Principal, id: string, trace?: TraceContext): Promise<ResentDelivery> {
    const delivery = UUID.test(id) ? await this.deliveries.find(caller.organization, id) : undefined;
    if (delivery === undefined) throw notFound();
    const webhook = await this.owned.get(caller, delivery.webhook);
    if (webhook.state === 'disabled')
      throw new InvalidFields({ state: ['must be enabled: a disabled webhook is sent nothing'] });
    const found = await this.#bodyOf(caller, delivery);
    if (found === undefined) {
      this.metrics.resends.inc({ result: 'gone' });
      throw new Refusal(HttpStatus.GONE, 'The body of this event is not kept any more');
    }
    const series = newUuidV7();
    // Before it is sent: nothing is sent again that nobody asked for.
    await this.auditLog.record({
      author: authorOf(caller),
      organization: caller.organization,
      action: 'delivery.resent',
      resource: id,
      after: { series, webhook_prn: webhook.prn, event_prn: delivery.event },
    });
    await this.#send({ ...messageOf(delivery, found), series }, trace);
    this.metrics.resends.inc({ result: 'sent' });
    this.log.info({ event: 'delivery.resent', delivery: id, webhook: webhook.prn, event_prn: delivery.event, series });
    return {
      id,
      series,
      webhook_prn: webhook.prn,
      event_prn: delivery.event,
      event_type: delivery.name,
      status: 'pending',
      attempt_count: 0,
    };
  }

  async #bodyOf(caller: Principal, delivery: ReplayableDelivery): Promise<FoundBody | undefined> {
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(kafkaIsAway()), SEARCH_TIMEOUT_MS);
    });
    try {
      const found = this.bodies.of(delivery, this.sources.eventReader(caller.organization), stop.signal);
      return await Promise.race([found, late]);
    } catch (error) {
      throw error instanceof KafkaError ? kafkaIsAway() : error;
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }

  async #send(delivery: DeliveryMessage, request: TraceContext | undefined): Promise<void> {
    const span = this.tracing.sending(delivery, request);
    try {
      const record = encodeDelivery({ ...delivery, trace: span?.context });
      await this.producer.send({ ...record, topic: TOPICS.deliveries.name });
    } catch (error) {
      if (error instanceof KafkaError) span?.fail(error.code, error.message);
      throw error instanceof KafkaError ? kafkaIsAway() : error;
    } finally {
      span?.end();
    }
  }
}

const kafkaIsAway = (): Refusal => unavailable('Kafka is away; try again', KAFKA_RETRY_AFTER_SECONDS);

import { Module, type DynamicModule } from '@nestjs/common';
import type { DeliverySettings } from '@fleethook/config';
import { EgressClient, egressOptionsOf } from '@fleethook/egress';
import {
  BatchingProducer,
  ConfigTopicReader,
  KafkaBatchServer,
  RecordProducer,
  type KafkaConnection,
  type KafkaContext,
} from '@fleethook/kafka';
import { retryTopic, SecretSealer, TOPICS } from '@fleethook/messages';
import { ObservabilityModule, Readiness, Tracing, type Log, type Metrics } from '@fleethook/observability';
import { scheduleOf } from '@fleethook/retry';
import { AttemptFollowUp } from './attempt/attempt-follow-up.js';
import { AttemptReporter } from './attempt/attempt-reporter.js';
import { AttemptRunner, AttemptTimeout, Egress } from './attempt/attempt-runner.js';
import { AttemptTracing } from './attempt/attempt-tracing.js';
import { Clock, SystemClock } from './clock.js';
import { DELIVERIES, DeliveriesConsumer } from './deliveries.consumer.js';
import { DeliveryIntake } from './delivery-intake.js';
import { DeliveryLifecycle, TIERS_SERVER } from './delivery-lifecycle.js';
import { DeadLetters } from './forwarding/dead-letters.js';
import { Forwarder } from './forwarding/forwarder.js';
import { LaneMoves } from './forwarding/lane-moves.js';
import { BreakerReports, KafkaBreakerReports } from './lanes/gate/breaker-reports.js';
import { GuardedGates } from './lanes/gate/gates.js';
import { LaneAdmission, WindowSize } from './lanes/lane-admission.js';
import { LaneGates } from './lanes/lane-gate.js';
import { AttemptPort } from './lanes/attempt-port.js';
import { LaneLimits } from './lanes/lane-limits.js';
import { LaneRegistry } from './lanes/lane-registry.js';
import { EventLoopLoad, ProcessLoad } from './lanes/process-load.js';
import { RETRY_TIERS, RetryTiersConsumer } from './retry-tiers.consumer.js';
import { KafkaRetrySink } from './retry/kafka-retry-sink.js';
import { RetrySink } from './retry/retry-sink.js';
import { TierTracing } from './retry/tier-tracing.js';
import { Tiers } from './retry/tiers.js';
import { Unsendable } from './unsendable.js';
import { WebhookDirectory } from './webhook-directory.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Per partition of `webhook.deliveries`. */
const DELIVERIES_WINDOW = { maxRecords: 1_000, maxBytes: 4 * MIB, maxSpan: 16_384 };
/** Per partition of a tier: what waits there stays in memory until it is due. */
const TIERS_WINDOW = { maxRecords: 500, maxBytes: 128 * KIB, maxSpan: 16_384 };
// Of a fetch, compressed: unpacked it can be fifty times as much, and the client holds on to what it unpacked until its next fetch.
const DELIVERIES_FETCH_BYTES = 16 * KIB;
const TIERS_FETCH_BYTES = 8 * KIB;
const MAX_QUEUED_BYTES = 64 * MIB;
/** Nobody waits for an outcome: reports, retries and dead letters go in few calls, each of which costs as much as a request does. */
const OUTCOME_LINGER_MS = 40;
/** What a request needs beside its own time limit before the outcome is on its way. */
const AFTER_TIMEOUT_MS = 1_000;
/** A tier's record is in flight only while Kafka takes it. */
const TIERS_GRACE_MS = 5_000;

/** Deliveries to receivers: lanes, attempts, retries. */
@Module({})
export class DeliveryModule {
  static for(
    settings: DeliverySettings,
    connection: KafkaConnection,
    { log, metrics, tracing }: { log: Log; metrics: Metrics; tracing?: Tracing },
  ): DynamicModule {
    const contextOf = (readiness: Readiness): KafkaContext => ({ log, metrics, readiness });
    const tiers = new Tiers(scheduleOf(settings.retryScheduleMs, settings.retryHorizonMs));
    const { drainTimeoutMs, deliveryTimeoutMs } = settings;
    const limits: LaneLimits = {
      processConcurrency: settings.deliveryConcurrency,
      webhookConcurrency: settings.webhookConcurrency,
      maxInFlightBytes: settings.maxInFlightBytes,
      originConcurrency: settings.egressOriginConnections,
    };
    metrics.attemptsLimit.set(limits.processConcurrency);
    return {
      module: DeliveryModule,
      imports: [ObservabilityModule.for({ log, metrics, tracing })],
      controllers: [DeliveriesConsumer, RetryTiersConsumer],
      providers: [
        WebhookDirectory,
        DeliveryIntake,
        Unsendable,
        LaneRegistry,
        LaneMoves,
        AttemptFollowUp,
        AttemptReporter,
        DeadLetters,
        Forwarder,
        DeliveryLifecycle,
        TierTracing,
        { provide: AttemptPort, useClass: AttemptRunner },
        { provide: RetrySink, useClass: KafkaRetrySink },
        { provide: LaneGates, useClass: GuardedGates },
        { provide: BreakerReports, useClass: KafkaBreakerReports },
        { provide: Clock, useClass: SystemClock },
        { provide: Tiers, useValue: tiers },
        LaneAdmission,
        { provide: LaneLimits, useValue: limits },
        { provide: WindowSize, useValue: DELIVERIES_WINDOW satisfies WindowSize },
        { provide: ProcessLoad, useClass: EventLoopLoad },
        { provide: AttemptTimeout, useValue: { timeoutMs: deliveryTimeoutMs } satisfies AttemptTimeout },
        {
          provide: AttemptTracing,
          inject: [Tracing],
          useFactory: (spans: Tracing) => new AttemptTracing(spans, settings.sendsTraceContext),
        },
        { provide: SecretSealer, useFactory: () => new SecretSealer(settings.secretsKeys) },
        {
          provide: EgressClient,
          // Lanes keep to the bound of each origin: a queue before the connections would count against the attempt's time.
          useFactory: () => new EgressClient(egressOptionsOf(settings), { log, metrics }),
        },
        { provide: Egress, useExisting: EgressClient },
        {
          provide: BatchingProducer,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new BatchingProducer(
              {
                connection,
                maxQueuedBytes: MAX_QUEUED_BYTES,
                lingerMs: OUTCOME_LINGER_MS,
                lingerWhenIdle: true,
                topics: [
                  ...[TOPICS.attempts, TOPICS.deliveries, TOPICS.dead].map(({ name }) => name),
                  ...settings.retryScheduleMs.map((delayMs) => retryTopic(delayMs).name),
                ],
              },
              contextOf(readiness),
            ),
        },
        { provide: RecordProducer, useExisting: BatchingProducer },
        {
          provide: ConfigTopicReader,
          inject: [WebhookDirectory, Readiness],
          useFactory: (directory: WebhookDirectory, readiness: Readiness) =>
            new ConfigTopicReader(
              {
                connection,
                app: 'delivery',
                onChange: (_key, message) => directory.onChange(message),
                onRemove: (key) => directory.onRemove(key),
                onReset: () => directory.onReset(),
              },
              contextOf(readiness),
            ),
        },
        {
          provide: KafkaBatchServer,
          inject: [WebhookDirectory, Readiness],
          useFactory: (directory: WebhookDirectory, readiness: Readiness) =>
            new KafkaBatchServer(
              {
                connection,
                groupId: 'delivery',
                transportId: DELIVERIES,
                window: DELIVERIES_WINDOW,
                maxBytesPerPartition: DELIVERIES_FETCH_BYTES,
                // A webhook's own time limit may be longer than ours: what another process has begun by it must have ended.
                get handoverGraceMs(): number {
                  return Math.max(deliveryTimeoutMs, directory.longestTimeoutMs) + AFTER_TIMEOUT_MS;
                },
                drainTimeoutMs,
              },
              contextOf(readiness),
            ),
        },
        {
          provide: TIERS_SERVER,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new KafkaBatchServer(
              {
                connection,
                groupId: 'delivery-tiers',
                transportId: RETRY_TIERS,
                // Read when the consumer starts: by then the tiers of an earlier schedule are known.
                get topics(): readonly string[] {
                  return tiers.all.map(({ topic }) => topic.name);
                },
                window: TIERS_WINDOW,
                maxBytesPerPartition: TIERS_FETCH_BYTES,
                handoverGraceMs: TIERS_GRACE_MS,
                drainTimeoutMs,
              },
              contextOf(readiness),
            ),
        },
      ],
    };
  }
}

import { Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { BatchingProducer, connectionOf, type KafkaContext } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { LOG, METRICS, Readiness, type Log, type Metrics } from '@fleethook/observability';
import {
  BookmarkWindows,
  EventBodyQueries,
  ReplayableDeliveries,
  ReplayQueries,
  ReplayRunQueries,
} from '@fleethook/store';
import { EventBodies } from './event-bodies.js';
import { ReplayTracing } from './replay-tracing.js';
import { ReplaysController } from './replays.controller.js';
import { ReplaysService } from './replays.service.js';
import { ResendService } from './resend/resend.service.js';
import { ResendsController } from './resend/resends.controller.js';
import { KnownEnablings } from './run/known-enablings.js';
import { ReplayRunner, ReplayRunnerOptions } from './run/replay-runner.js';
import { ReplayProducer, ReplayRuns } from './run/replay-runs.js';
import { ReplayKafka, ReplaySources } from './run/replay-sources.js';

const MAX_QUEUED_BYTES = 16 * 1_024 * 1_024;
const POLL_INTERVAL_MS = 1_000;
/** Each reads a few MiB ahead, and none is in a hurry. */
const MAX_RUNNING = 8;
const MAX_RUNNING_PER_ORGANIZATION = 2;
/** Long beside what a run costs to stop and to go on with. */
const TURN_MS = 180_000;

/** Sending again: single deliveries, and windows as jobs. */
@Module({})
export class ReplaysModule {
  /** @param webhooks exports the caller's webhooks: one module for all who ask for them */
  static for(settings: ApiSettings, webhooks: DynamicModule): DynamicModule {
    const connection = connectionOf(settings, 'fleethook-api');
    const options: ReplayRunnerOptions = {
      databaseUrl: settings.databaseUrl,
      pollIntervalMs: POLL_INTERVAL_MS,
      maxRunning: MAX_RUNNING,
      maxRunningPerOrganization: MAX_RUNNING_PER_ORGANIZATION,
      turnMs: TURN_MS,
    };
    return {
      module: ReplaysModule,
      imports: [webhooks],
      controllers: [ReplaysController, ResendsController],
      providers: [
        ReplaysService,
        ResendService,
        ReplayQueries,
        ReplayRunQueries,
        ReplayableDeliveries,
        EventBodyQueries,
        BookmarkWindows,
        KnownEnablings,
        ReplayRunner,
        ReplayRuns,
        ReplayTracing,
        ReplaySources,
        ProducerEnd,
        { provide: ReplayRunnerOptions, useValue: options },
        {
          provide: ReplayKafka,
          inject: [LOG, METRICS, Readiness],
          useFactory: (log: Log, metrics: Metrics, readiness: Readiness): ReplayKafka => ({
            connection,
            context: { log, metrics, readiness } satisfies KafkaContext,
          }),
        },
        {
          provide: EventBodies,
          inject: [EventBodyQueries, ReplayKafka],
          useFactory: (history: EventBodyQueries, kafka: ReplayKafka) =>
            new EventBodies(history, kafka.connection, kafka.context),
        },
        {
          provide: ReplayProducer,
          inject: [ReplayKafka],
          useFactory: (kafka: ReplayKafka) =>
            new BatchingProducer(
              { connection, maxQueuedBytes: MAX_QUEUED_BYTES, topics: [TOPICS.deliveries.name] },
              kafka.context,
            ),
        },
      ],
    };
  }
}

@Injectable()
class ProducerEnd implements OnApplicationShutdown {
  constructor(private readonly producer: ReplayProducer) {}

  onApplicationShutdown(): Promise<void> {
    return this.producer.close();
  }
}

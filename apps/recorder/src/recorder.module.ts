import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { RecorderSettings } from '@fleethook/config';
import { EventTypes } from '@fleethook/events';
import { ConfigTopicReader, KafkaBatchServer, type KafkaConnection, type KafkaContext } from '@fleethook/kafka';
import { EventReader } from '@fleethook/messages';
import { ObservabilityModule, Readiness, type Log, type Metrics } from '@fleethook/observability';
import {
  BusyDevices,
  DatabaseClock,
  EventWriter,
  HistoryPartitions,
  HistoryWriter,
  RecentCounts,
  StoreModule,
} from '@fleethook/store';
import { AttemptSink } from './attempt-sink.js';
import { BreakerBuffer } from './breaker-buffer.js';
import { EventBuffer } from './event-buffer.js';
import { EventRecorder } from './event-recorder.js';
import { EVENTS, EventsConsumer } from './events.consumer.js';
import { HistoryBuffer, HistorySink } from './history-buffer.js';
import { HISTORY, HistoryConsumer } from './history.consumer.js';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';
import { HistoryUpkeepJob } from './history-upkeep.job.js';
import { KeptDays } from './kept-days.js';
import { EVENTS_SERVER, RecorderLifecycle } from './recorder-lifecycle.js';
import { RegisteredEventTypes } from './registered-event-types.js';

const MIB = 1_024 * 1_024;

/** With PostgreSQL away it is the windows that hold: up to so much per partition, of some 30 partitions. */
const WINDOW = { maxRecords: 2_000, maxBytes: 4 * MIB, maxSpan: 16_384 };
const MAX_BATCH_ROWS = 1_000;
const LINGER_MS = 100;
/** Nobody waits for history: few and large fetches. */
const FETCH_INTERVAL_MS = 50;
/** What is recorded again changes nothing. */
const COMMIT_INTERVAL_MS = 500;
/** A batch that takes longer is written again by the next owner, which changes nothing. */
const HANDOVER_GRACE_MS = 2_000;

/** Events, attempts and dead letters to PostgreSQL. */
@Module({})
export class RecorderModule {
  static for(
    settings: RecorderSettings,
    connection: KafkaConnection,
    { log, metrics }: { log: Log; metrics: Metrics },
  ): DynamicModule {
    const options: HistoryOptions = {
      retentionMs: settings.historyRetentionMs,
      maxRows: MAX_BATCH_ROWS,
      lingerMs: LINGER_MS,
    };
    const contextOf = (readiness: Readiness): KafkaContext => ({ log, metrics, readiness });
    const serverOf = (groupId: string, transportId: symbol) => (readiness: Readiness) =>
      new KafkaBatchServer(
        {
          connection,
          groupId,
          transportId,
          window: WINDOW,
          fetchIntervalMs: FETCH_INTERVAL_MS,
          commitIntervalMs: COMMIT_INTERVAL_MS,
          handoverGraceMs: HANDOVER_GRACE_MS,
          drainTimeoutMs: settings.drainTimeoutMs,
        },
        contextOf(readiness),
      );
    return {
      module: RecorderModule,
      imports: [
        ObservabilityModule.for({ log, metrics }),
        ScheduleModule.forRoot(),
        StoreModule.for({
          databaseUrl: settings.databaseUrl,
          poolSize: settings.databasePoolSize,
          applicationName: 'fleethook-recorder',
        }),
      ],
      controllers: [HistoryConsumer, EventsConsumer],
      providers: [
        { provide: HISTORY_OPTIONS, useValue: options },
        DatabaseClock,
        KeptDays,
        HistoryPartitions,
        BusyDevices,
        RecentCounts,
        HistoryWriter,
        EventWriter,
        EventRecorder,
        { provide: HistorySink, useClass: AttemptSink },
        HistoryBuffer,
        BreakerBuffer,
        EventBuffer,
        { provide: EventTypes, useFactory: () => new EventTypes() },
        { provide: EventReader, inject: [EventTypes], useFactory: (types: EventTypes) => new EventReader(types) },
        RegisteredEventTypes,
        HistoryUpkeepJob,
        RecorderLifecycle,
        { provide: KafkaBatchServer, inject: [Readiness], useFactory: serverOf('recorder', HISTORY) },
        { provide: EVENTS_SERVER, inject: [Readiness], useFactory: serverOf('recorder-events', EVENTS) },
        {
          provide: ConfigTopicReader,
          inject: [RegisteredEventTypes, Readiness],
          useFactory: (types: RegisteredEventTypes, readiness: Readiness) =>
            new ConfigTopicReader(
              {
                connection,
                app: 'recorder',
                onChange: (key, message) => types.onChange(key, message),
                onRemove: (key) => types.onRemove(key),
                onReset: () => types.onReset(),
              },
              contextOf(readiness),
            ),
        },
      ],
    };
  }
}

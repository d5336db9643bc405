import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { RecorderSettings } from '@fleethook/config';
import { KafkaBatchServer, type KafkaConnection } from '@fleethook/kafka';
import { ObservabilityModule, Readiness, type Log, type Metrics } from '@fleethook/observability';
import { HistoryPartitions, HistoryWriter, StoreModule } from '@fleethook/store';
import { HistoryBuffer, HistorySink } from './history-buffer.js';
import { HISTORY, HistoryConsumer } from './history.consumer.js';
import { HISTORY_OPTIONS, type HistoryOptions } from './history-options.js';
import { HistoryUpkeepJob } from './history-upkeep.job.js';
import { RecorderLifecycle } from './recorder-lifecycle.js';

const MIB = 1_024 * 1_024;

/** With PostgreSQL away it is the windows that hold: up to so much per partition, of some 18 partitions. */
const WINDOW = { maxRecords: 2_000, maxBytes: 4 * MIB, maxSpan: 16_384 };
const MAX_BATCH_ROWS = 1_000;
const LINGER_MS = 100;
/** Nobody waits for history: few and large fetches. */
const FETCH_INTERVAL_MS = 50;
/** A batch that takes longer is written again by the next owner, which changes nothing. */
const HANDOVER_GRACE_MS = 2_000;

/** Attempts and dead letters to PostgreSQL. */
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
      controllers: [HistoryConsumer],
      providers: [
        { provide: HISTORY_OPTIONS, useValue: options },
        HistoryPartitions,
        HistoryWriter,
        { provide: HistorySink, useExisting: HistoryWriter },
        HistoryBuffer,
        HistoryUpkeepJob,
        RecorderLifecycle,
        {
          provide: KafkaBatchServer,
          inject: [Readiness],
          useFactory: (readiness: Readiness) =>
            new KafkaBatchServer(
              {
                connection,
                groupId: 'recorder',
                transportId: HISTORY,
                window: WINDOW,
                fetchIntervalMs: FETCH_INTERVAL_MS,
                handoverGraceMs: HANDOVER_GRACE_MS,
                drainTimeoutMs: settings.drainTimeoutMs,
              },
              { log, metrics, readiness },
            ),
        },
      ],
    };
  }
}

import { rule } from '../rule.js';
import { setting, type SettingsOf } from '../setting.js';
import { bytes, integer } from '../values.js';
import { kafkaSettings, listenSettings, loggingSettings } from './shared.settings.js';
import { tracingSettings } from './tracing.settings.js';

export const ingestSettings = {
  ...listenSettings('INGEST_PORT', 4001),
  ...loggingSettings,
  ...kafkaSettings,
  ...tracingSettings,
  maxEventBytes: setting('INGEST_MAX_EVENT', bytes({ min: 1_024, max: 262_144 }), {
    help: 'Largest event, normalised',
    default: '256KiB',
  }),
  maxRequestBytes: setting('INGEST_MAX_REQUEST', bytes({ min: 1_024, max: 104_857_600 }), {
    help: 'Largest request body, after decompression',
    default: '10MiB',
  }),
  maxQueuedBytes: setting('INGEST_MAX_QUEUED', bytes({ min: 1_048_576, max: 4_294_967_296 }), {
    help: 'Bodies being read, events that wait for Kafka, and what is to be answered for them, in all, at least one request; beyond it the intake answers 503',
    default: '64MiB',
  }),
  organizationEventsPerSecond: setting('INGEST_ORGANIZATION_RATE', integer({ min: 0, max: 1_000_000 }), {
    help: 'Events per second and organization in one process; beyond it 429. `0` = no limit',
    default: '0',
  }),
} as const;

const { maxRequestBytes, maxQueuedBytes } = ingestSettings;

/** A body in between would be answered with 503 however often it is sent again. */
export const ingestRules = [
  rule({ maxRequestBytes, maxQueuedBytes }, (values) =>
    values.maxQueuedBytes >= values.maxRequestBytes
      ? []
      : [
          {
            variable: maxQueuedBytes.variable,
            message: `must be at least ${maxRequestBytes.variable}: the intake reads a whole array before it sends its events`,
          },
        ],
  ),
] as const;

export type IngestSettings = SettingsOf<typeof ingestSettings>;

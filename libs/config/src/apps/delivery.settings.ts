import { setting, type SettingsOf } from '../setting.js';
import { bytes, durationMs, flag, integer, scheduleMs } from '../values.js';
import {
  egressSettings,
  kafkaSettings,
  listenSettings,
  loggingSettings,
  secretsKeySetting,
} from './shared.settings.js';
import { tracingSettings } from './tracing.settings.js';

/** The schedule also names the retry topics, so every app that sets up topics reads it. */
export const retrySettings = {
  retryScheduleMs: setting('RETRY_SCHEDULE', scheduleMs(), {
    help: 'Delays of the retry tiers; the last one repeats until the horizon',
    default: '5s,30s,2m,10m,30m,1h,2h,4h,8h,12h',
  }),
  retryHorizonMs: setting('RETRY_HORIZON', durationMs({ min: '1m', max: '72h' }), {
    help: 'From the first attempt to the dead-letter topic',
    default: '72h',
  }),
} as const;

export const deliverySettings = {
  ...listenSettings('DELIVERY_PORT', 4003),
  ...loggingSettings,
  ...kafkaSettings,
  ...tracingSettings,
  ...egressSettings,
  ...retrySettings,
  secretsKeys: secretsKeySetting,
  deliveryConcurrency: setting('DELIVERY_CONCURRENCY', integer({ min: 1, max: 20_000 }), {
    help: 'Attempts in flight in one process',
    default: '2000',
  }),
  maxInFlightBytes: setting('DELIVERY_MAX_IN_FLIGHT', bytes({ min: 1_048_576, max: 4_294_967_296 }), {
    help: 'Bodies of the attempts in flight in one process, together; beyond it attempts wait',
    default: '64MiB',
  }),
  webhookConcurrency: setting('WEBHOOK_CONCURRENCY', integer({ min: 1, max: 200 }), {
    help: 'Attempts in flight per webhook',
    default: '20',
  }),
  sendsTraceContext: setting('DELIVERY_TRACE_CONTEXT', flag(), {
    help: 'Send `traceparent` and `tracestate` to receivers, so that their traces go on from ours',
    default: 'false',
  }),
} as const;

export type RetrySettings = SettingsOf<typeof retrySettings>;
export type DeliverySettings = SettingsOf<typeof deliverySettings>;

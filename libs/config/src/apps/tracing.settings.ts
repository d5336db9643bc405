import { setting, type SettingsOf } from '../setting.js';
import { optional, text } from '../values.js';

/** What its SDK has; of a name that it has not it would only say so, and export nothing. */
const EXPORTERS = ['otlp', 'console', 'zipkin', 'none'];

const EXPORTERS_WANTED = 'must be otlp, console, zipkin or none; several with commas';

const areExporters = (given: string): boolean => given.split(',').every((name) => EXPORTERS.includes(name.trim()));

/**
 * Of OpenTelemetry's standard variables the ones that turn tracing on, and name us. The rest (sampler, exporter, limits, headers) is read by
 * its SDK itself, as its own documentation says: see docs/decisions/0010-tracing-reads-its-own-variables.md.
 */
export const tracingSettings = {
  tracesExporter: setting('OTEL_TRACES_EXPORTER', optional(text().refine(areExporters, EXPORTERS_WANTED)), {
    help: '`otlp`, `console`, `zipkin` or `none`; set, or with an endpoint below, tracing is on. OpenTelemetry reads further `OTEL_*` variables itself',
  }),
  otlpEndpoint: setting('OTEL_EXPORTER_OTLP_ENDPOINT', optional(text()), {
    help: 'Where spans go, `http://collector:4318`; set, tracing is on',
  }),
  otlpTracesEndpoint: setting('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', optional(text()), {
    help: 'The same for traces alone, the whole path in it',
  }),
  tracingDisabled: setting('OTEL_SDK_DISABLED', optional(text()), { help: '`true`: no tracing, whatever else is set' }),
  traceServiceName: setting('OTEL_SERVICE_NAME', optional(text()), {
    help: 'The name in traces, of all processes that have it set; unset: `fleethook-ingest`, `fleethook-router`, ...',
  }),
} as const;

export type TracingSettings = SettingsOf<typeof tracingSettings>;

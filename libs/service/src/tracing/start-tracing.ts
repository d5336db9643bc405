import { diag, DiagLogLevel, trace } from '@opentelemetry/api';
import type { AppName, TracingSettings } from '@fleethook/config';
import { Tracing, type Log } from '@fleethook/observability';

/**
 * Tracing as the settings say. Off: the SDK is not even read. On: it takes its own `OTEL_*` variables
 * from the environment, exports in batches beside the work, and drops spans when the collector is away or too slow.
 */
export async function startTracing(app: AppName, settings: TracingSettings, log: Log): Promise<Tracing> {
  if (!isWanted(settings)) return Tracing.off;
  const serviceName = settings.traceServiceName ?? `fleethook-${app}`;
  logDiagnostics(log);
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    serviceName,
    // Metrics are `/metrics`, logs are standard output; and W3C Trace Context is all that travels.
    metricReaders: [],
    logRecordProcessors: [],
    textMapPropagator: null,
  });
  sdk.start();
  log.info({ event: 'app.tracing', service: serviceName }, 'tracing is on');
  return new Tracing(trace.getTracer('fleethook'), () => sdk.shutdown());
}

function isWanted({ tracesExporter, otlpEndpoint, otlpTracesEndpoint, tracingDisabled }: TracingSettings): boolean {
  if (tracingDisabled?.toLowerCase() === 'true' || tracesExporter === 'none') return false;
  return tracesExporter !== undefined || otlpEndpoint !== undefined || otlpTracesEndpoint !== undefined;
}

/** What the SDK has to say (a collector that is away, a variable it cannot read) is said in our log. */
function logDiagnostics(log: Log): void {
  const say =
    (level: 'warn' | 'debug') =>
    (message: string, ...details: unknown[]): void =>
      log[level]({ event: 'tracing.sdk', details: details.map(String) }, message);
  const logger = {
    error: say('warn'),
    warn: say('warn'),
    info: say('debug'),
    debug: say('debug'),
    verbose: say('debug'),
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { connectionOf } from '@fleethook/kafka';
import { Readiness, createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { runService, settingsOrExit, startTracing, traceRequests } from '@fleethook/service';
import { IntakeHttpAdapter } from './http/intake-http-adapter.js';
import { logRequests } from './http/request-log.js';
import { INGEST_CLIENT_ID, IngestModule } from './ingest.module.js';
import { startUp } from './start-up.js';

const settings = settingsOrExit('ingest');
const log = createLog({ app: 'ingest', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { kafka_ca: settings.kafkaSslCaFile });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.ingest, settings) });
const tracing = await startTracing('ingest', settings, log);

await runService({
  name: 'ingest',
  log,
  tracing,
  module: IngestModule.for(settings, { log, metrics, tracing }),
  adapter: new IntakeHttpAdapter(),
  host: settings.host,
  port: settings.port,
  portVariable: 'INGEST_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  configure: (app) => {
    traceRequests(app, tracing, (route) => route?.startsWith('/v1/') === true);
    logRequests(app, { log, metrics });
  },
  startUp: (app) =>
    startUp(app, connectionOf(settings, INGEST_CLIENT_ID), { log, metrics, readiness: app.get(Readiness) }),
});

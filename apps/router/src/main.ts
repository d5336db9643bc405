import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { connectionOf, KafkaBatchServer } from '@fleethook/kafka';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { runService, settingsOrExit, startTracing } from '@fleethook/service';
import { RouterModule } from './router.module.js';
import { startUp } from './start-up.js';

const settings = settingsOrExit('router');
const log = createLog({ app: 'router', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { kafka_ca: settings.kafkaSslCaFile });
const connection = connectionOf(settings, 'fleethook-router');
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.router, settings) });
const tracing = await startTracing('router', settings, log);

await runService({
  name: 'router',
  log,
  tracing,
  module: RouterModule.for(settings, connection, { log, metrics, tracing }),
  host: settings.host,
  port: settings.port,
  portVariable: 'ROUTER_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: (app) => startUp(app, connection, { log, metrics }),
  strategies: (app) => [app.get(KafkaBatchServer)],
});

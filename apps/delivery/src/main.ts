import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { connectionOf, KafkaBatchServer } from '@fleethook/kafka';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { runService, settingsOrExit, startTracing } from '@fleethook/service';
import { TIERS_SERVER } from './delivery-lifecycle.js';
import { DeliveryModule } from './delivery.module.js';
import { startUp } from './start-up.js';

const settings = settingsOrExit('delivery');
const log = createLog({ app: 'delivery', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { egress_ca: settings.egressCaFile, kafka_ca: settings.kafkaSslCaFile });
const connection = connectionOf(settings, 'fleethook-delivery');
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.delivery, settings) });
const tracing = await startTracing('delivery', settings, log);

await runService({
  name: 'delivery',
  log,
  tracing,
  module: DeliveryModule.for(settings, connection, { log, metrics, tracing }),
  host: settings.host,
  port: settings.port,
  portVariable: 'DELIVERY_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: (app) => startUp(app, connection, { log, metrics }),
  strategies: (app) => [app.get(KafkaBatchServer), app.get<KafkaBatchServer>(TIERS_SERVER)],
});

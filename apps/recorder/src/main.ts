import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { connectionOf, KafkaBatchServer } from '@fleethook/kafka';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { runService, settingsOrExit } from '@fleethook/service';
import { EVENTS_SERVER } from './recorder-lifecycle.js';
import { RecorderModule } from './recorder.module.js';
import { startUp } from './start-up.js';

const settings = settingsOrExit('recorder');
const log = createLog({ app: 'recorder', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { kafka_ca: settings.kafkaSslCaFile });
const connection = connectionOf(settings, 'fleethook-recorder');
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.recorder, settings) });

await runService({
  name: 'recorder',
  log,
  module: RecorderModule.for(settings, connection, { log, metrics }),
  host: settings.host,
  port: settings.port,
  portVariable: 'RECORDER_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: (app) => startUp(app, connection, { log, metrics }),
  strategies: (app) => [app.get(KafkaBatchServer), app.get<KafkaBatchServer>(EVENTS_SERVER)],
});

import { readAppSettings, SETTINGS_BY_APP, summarize, type RecorderSettings } from '@fleethook/config';
import { connectionOf, KafkaBatchServer, setUpTopics } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { exitOnConfigError, runService } from '@fleethook/service';
import { Database } from '@fleethook/store';
import { HistoryUpkeepJob } from './history-upkeep.job.js';
import { RecorderModule } from './recorder.module.js';

const settings = readOrExit();
const log = createLog({ app: 'recorder', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.recorder, settings) });

await runService({
  name: 'recorder',
  log,
  module: RecorderModule.for(settings, { log, metrics }),
  host: settings.host,
  port: settings.port,
  portVariable: 'RECORDER_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: async (app) => {
    await app.get(Database).start();
    await app.get(HistoryUpkeepJob).run();
    await setUpTopics(connectionOf(settings, 'fleethook-recorder'), [TOPICS.attempts, TOPICS.dead], {
      log,
      metrics,
      readiness: app.get(Readiness),
    });
  },
  strategies: (app) => [app.get(KafkaBatchServer)],
});

function readOrExit(): RecorderSettings {
  try {
    return readAppSettings('recorder');
  } catch (error) {
    return exitOnConfigError(error);
  }
}

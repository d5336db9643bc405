import { readAppSettings, SETTINGS_BY_APP, summarize, type RouterSettings } from '@fleethook/config';
import { BatchingProducer, ConfigTopicReader, connectionOf, KafkaBatchServer, setUpTopics } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { exitOnConfigError, runService } from '@fleethook/service';
import { RouterModule } from './router.module.js';

const settings = readOrExit();
const log = createLog({ app: 'router', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.router, settings) });

await runService({
  name: 'router',
  log,
  module: RouterModule.for(settings, { log, metrics }),
  host: settings.host,
  port: settings.port,
  portVariable: 'ROUTER_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: async (app) => {
    const { events, config, deliveries, dead } = TOPICS;
    await setUpTopics(connectionOf(settings, 'fleethook-router'), [events, config, deliveries, dead], {
      log,
      metrics,
      readiness: app.get(Readiness),
    });
    await app.get(BatchingProducer).connect();
    // To the end, before the first event: one that is routed by half the configuration misses webhooks for good.
    await app.get(ConfigTopicReader).start();
  },
  strategies: (app) => [app.get(KafkaBatchServer)],
});

function readOrExit(): RouterSettings {
  try {
    return readAppSettings('router');
  } catch (error) {
    return exitOnConfigError(error);
  }
}

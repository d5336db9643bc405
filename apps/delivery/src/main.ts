import { readAppSettings, SETTINGS_BY_APP, summarize, type DeliverySettings } from '@fleethook/config';
import { BatchingProducer, ConfigTopicReader, connectionOf, KafkaBatchServer, setUpTopics } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { exitOnConfigError, runService } from '@fleethook/service';
import { TIERS_SERVER } from './delivery-lifecycle.js';
import { DeliveryModule } from './delivery.module.js';
import { Tiers } from './retry/tiers.js';

const settings = readOrExit();
const log = createLog({ app: 'delivery', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.delivery, settings) });

await runService({
  name: 'delivery',
  log,
  module: DeliveryModule.for(settings, { log, metrics }),
  host: settings.host,
  port: settings.port,
  portVariable: 'DELIVERY_PORT',
  drainTimeoutMs: settings.drainTimeoutMs,
  startUp: async (app) => {
    const { deliveries, attempts, dead, config } = TOPICS;
    const tiers = app.get(Tiers).all.map(({ topic }) => topic);
    await setUpTopics(connectionOf(settings, 'fleethook-delivery'), [deliveries, attempts, dead, config, ...tiers], {
      log,
      metrics,
      readiness: app.get(Readiness),
    });
    await app.get(BatchingProducer).connect();
    // To the end, before the first delivery: a webhook that is not known yet would look deleted.
    await app.get(ConfigTopicReader).start();
  },
  strategies: (app) => [app.get(KafkaBatchServer), app.get<KafkaBatchServer>(TIERS_SERVER)],
});

function readOrExit(): DeliverySettings {
  try {
    return readAppSettings('delivery');
  } catch (error) {
    return exitOnConfigError(error);
  }
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiSettings } from '@fleethook/config';
import { ConfigTopicReader, connectionOf, KafkaBatchServer, setUpTopics, type KafkaContext } from '@fleethook/kafka';
import { TOPICS } from '@fleethook/messages';
import { Readiness, Tracing, type Log, type Metrics } from '@fleethook/observability';
import { traceRequests, type ServiceOptions } from '@fleethook/service';
import { BootstrapKeyQueries, Database } from '@fleethook/store';
import { ApiModule } from './api.module.js';
import { DeliveryProducer } from './kafka/api-kafka.module.js';
import { DisableRuleJob } from './failing/disable-rule.job.js';
import { useJsonBodies } from './http/body-parsers.js';
import { httpAdapter } from './http/http-adapter.js';
import { isOperational } from './http/operational.js';
import { logRequests } from './http/request-log.js';
import { LagExporter } from './lag/lag-exporter.js';
import { OutboxRelay } from './outbox/outbox.relay.js';
import { ReplayRunner } from './replays/run/replay-runner.js';
import { ReplayProducer } from './replays/run/replay-runs.js';

/** How the Admin API is put together and started: what `main.ts` runs, and what tests start on services of their own. */
export function apiService(
  settings: ApiSettings,
  observed: { log: Log; metrics: Metrics; tracing?: Tracing },
): ServiceOptions {
  const { log, metrics, tracing = Tracing.off } = observed;
  const connection = connectionOf(settings, 'fleethook-api');
  const kafkaContext = (app: NestFastifyApplication): KafkaContext => ({ log, metrics, readiness: app.get(Readiness) });

  async function startStore(app: NestFastifyApplication): Promise<void> {
    await app.get(Database).start();
    if (settings.bootstrapApiKey === undefined) return;
    const outcome = await app.get(BootstrapKeyQueries).make(settings.bootstrapApiKey, new Date());
    if (outcome === 'revoked')
      log.warn(
        { event: 'api_key.stays_revoked' },
        'The API key of FLEETHOOK_API_KEY was revoked and is not made again; name another one, or none',
      );
  }

  async function startKafka(app: NestFastifyApplication): Promise<void> {
    const { config, deliveries, attempts, events, dead } = TOPICS;
    await setUpTopics(connection, [config, deliveries, attempts, events, dead], kafkaContext(app));
    await app.get(DeliveryProducer).connect();
    await app.get(ReplayProducer).connect();
    await app.get(ConfigTopicReader).start();
  }

  return {
    name: 'api',
    log,
    tracing,
    module: ApiModule.for(settings, observed),
    adapter: httpAdapter(settings),
    host: settings.host,
    port: settings.port,
    portVariable: 'API_PORT',
    drainTimeoutMs: settings.drainTimeoutMs,
    configure: (app) => {
      useJsonBodies(app);
      traceRequests(app, tracing, (route) => !isOperational(route));
      logRequests(app, { log, metrics });
    },
    // Waited for side by side: the API serves as soon as PostgreSQL is there, and changes wait in the outbox until Kafka is.
    startUp: async (app) => {
      await Promise.all([startStore(app), startKafka(app)]);
      app.get(OutboxRelay).start();
      app.get(DisableRuleJob).start();
      app.get(ReplayRunner).start();
      app.get(LagExporter).start();
    },
    strategies: (app) => [app.get(KafkaBatchServer)],
  };
}

import { SETTINGS_BY_APP, summarize } from '@fleethook/config';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { runService, settingsOrExit, startTracing } from '@fleethook/service';
import { apiService } from './api-service.js';

const settings = settingsOrExit('api');
const log = createLog({ app: 'api', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { egress_ca: settings.egressCaFile, kafka_ca: settings.kafkaSslCaFile });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.api, settings) });
const tracing = await startTracing('api', settings, log);
await runService(apiService(settings, { log, metrics, tracing }));

import { readAppSettings, SETTINGS_BY_APP, summarize, type ApiSettings } from '@fleethook/config';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { exitOnConfigError, runService, startTracing } from '@fleethook/service';
import { apiService } from './api-service.js';

const settings = readOrExit();
const log = createLog({ app: 'api', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { egress_ca: settings.egressCaFile, kafka_ca: settings.kafkaSslCaFile });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.api, settings) });
const tracing = await startTracing('api', settings, log);
await runService(apiService(settings, { log, metrics, tracing }));

function readOrExit(): ApiSettings {
  try {
    return readAppSettings('api');
  } catch (error) {
    return exitOnConfigError(error);
  }
}

import { readAppSettings, SETTINGS_BY_APP, summarize, type ApiSettings } from '@fleethook/config';
import { createLog, createMetrics, noteCertificates } from '@fleethook/observability';
import { exitOnConfigError, runService } from '@fleethook/service';
import { apiService } from './api-service.js';

const settings = readOrExit();
const log = createLog({ app: 'api', level: settings.logLevel, format: settings.logFormat });
const metrics = createMetrics({ process: true });
noteCertificates(metrics, { egress_ca: settings.egressCaFile, kafka_ca: settings.kafkaSslCaFile });
log.info({ event: 'app.starting', settings: summarize(SETTINGS_BY_APP.api, settings) });
await runService(apiService(settings, { log, metrics }));

function readOrExit(): ApiSettings {
  try {
    return readAppSettings('api');
  } catch (error) {
    return exitOnConfigError(error);
  }
}

import { brokers } from '../kafka-values.js';
import { setting, type SettingsOf } from '../setting.js';
import { oneOf, optional, port, postgresUrl, text } from '../values.js';
import { databaseSettings, kafkaSettings, loggingSettings, secretsKeySetting } from './shared.settings.js';
import { apiSettings } from './api.settings.js';
import { deliverySettings } from './delivery.settings.js';
import { ingestSettings } from './ingest.settings.js';
import { recorderSettings } from './recorder.settings.js';
import { routerSettings } from './router.settings.js';

/** Where the other apps have a default, this one starts a service of its own. */
const NONE_GIVEN = 'unset, one is started here, as `FLEETHOOK_INFRA` says';

export const standaloneSettings = {
  ...loggingSettings,
  dataDir: setting('FLEETHOOK_DATA_DIR', text(), {
    help: "All state: Kafka's logs, PostgreSQL's data, generated keys",
    default: '.fleethook',
  }),
  infrastructure: setting('FLEETHOOK_INFRA', oneOf(['auto', 'external', 'docker', 'embedded']), {
    help: 'Where Kafka and PostgreSQL come from; `auto`: addresses given, else Docker, else embedded',
    default: 'auto',
  }),
  kafkaBrokers: setting(kafkaSettings.kafkaBrokers.variable, optional(brokers()), {
    help: NONE_GIVEN,
  }),
  databaseUrl: setting(databaseSettings.databaseUrl.variable, optional(postgresUrl()), {
    help: NONE_GIVEN,
    secret: true,
  }),
  javaHome: setting('JAVA_HOME', optional(text()), {
    help: 'Where Java is, for the embedded Kafka; unset: on the PATH',
  }),
  secretsKeys: setting(secretsKeySetting.variable, optional(text()), { help: secretsKeySetting.help, secret: true }),
  bootstrapApiKey: apiSettings.bootstrapApiKey,
  host: apiSettings.host,
  apiPort: setting('API_PORT', port(), { help: apiSettings.port.help, default: '4000' }),
  ingestPort: setting('INGEST_PORT', port(), { help: ingestSettings.port.help, default: '4001' }),
  ingestPublicUrl: apiSettings.ingestPublicUrl,
  routerPort: setting('ROUTER_PORT', port(), { help: routerSettings.port.help, default: '4002' }),
  deliveryPort: setting('DELIVERY_PORT', port(), { help: deliverySettings.port.help, default: '4003' }),
  recorderPort: setting('RECORDER_PORT', port(), { help: recorderSettings.port.help, default: '4004' }),
  egressAllowCidrs: deliverySettings.egressAllowCidrs,
  egressCaFile: deliverySettings.egressCaFile,
} as const;

export type StandaloneSettings = SettingsOf<typeof standaloneSettings>;

import { setting, type SettingsOf } from '../setting.js';
import { credential, durationMs, headerToken, httpAddress, integer, list, optional, text } from '../values.js';
import {
  databaseSettings,
  egressSettings,
  historySettings,
  kafkaSettings,
  listenSettings,
  loggingSettings,
  secretsKeySetting,
} from './shared.settings.js';
import { tracingSettings } from './tracing.settings.js';

export const apiSettings = {
  ...listenSettings('API_PORT', 4000),
  ...loggingSettings,
  ...kafkaSettings,
  ...tracingSettings,
  ...databaseSettings,
  ...egressSettings,
  ...historySettings,
  secretsKeys: secretsKeySetting,
  bootstrapApiKey: setting('FLEETHOOK_API_KEY', optional(headerToken()), {
    help: 'Standalone: the first API key of the first organization, made on start when it was never there',
    secret: true,
  }),
  operatorApiKey: setting('OPERATOR_API_KEY', optional(credential()), {
    help: 'Opens the routes of the operator (`/organizations`), and no others; unset: there are no such routes',
    secret: true,
  }),
  requestsPerSecond: setting('API_RATE', integer({ min: 0, max: 100_000 }), {
    help: 'Admin API requests per second and API key in one process, twice as many at once; beyond it 429. `0` = no limit',
    default: '50',
  }),
  anonymousRequestsPerSecond: setting('API_ANONYMOUS_RATE', integer({ min: 0, max: 100_000 }), {
    help: 'The same per address, for requests without a valid API key. `0` = no limit',
    default: '20',
  }),
  trustedProxies: setting(
    'API_TRUSTED_PROXIES',
    list({ pattern: /^[0-9a-fA-F.:]+(\/\d{1,3})?$/, example: '10.20.0.0/16' }),
    { help: 'Proxies whose `X-Forwarded-For` says where a request comes from, comma-separated CIDRs', default: '' },
  ),
  consoleDirectory: setting('CONSOLE_DIR', optional(text()), {
    help: 'Where the built console lies, which is served at `/console/`; unset: beside the build of the API',
  }),
  ingestPublicUrl: setting('INGEST_PUBLIC_URL', optional(httpAddress()), {
    help: 'Where producers find the intake, such as `https://events.example.com`: the console shows it in its examples; unset: the host of the console, port 4001',
  }),
  auditRetentionMs: setting('AUDIT_RETENTION', durationMs({ min: '1d', max: '3650d' }), {
    help: 'How long the audit log is kept',
    default: '365d',
  }),
} as const;

export type ApiSettings = SettingsOf<typeof apiSettings>;

import { setting, type SettingsOf } from '../setting.js';
import { optional, text } from '../values.js';
import {
  databaseSettings,
  egressSettings,
  kafkaSettings,
  listenSettings,
  loggingSettings,
  secretsKeySetting,
} from './shared.settings.js';

export const apiSettings = {
  ...listenSettings('API_PORT', 4000),
  ...loggingSettings,
  ...kafkaSettings,
  ...databaseSettings,
  ...egressSettings,
  secretsKeys: secretsKeySetting,
  bootstrapApiKey: setting('FLEETHOOK_API_KEY', optional(text()), {
    help: 'Standalone: the first API key of the first organization, made on start when it does not exist',
    secret: true,
  }),
} as const;

export type ApiSettings = SettingsOf<typeof apiSettings>;

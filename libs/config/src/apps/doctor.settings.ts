import { setting, type SettingsOf } from '../setting.js';
import { optional } from '../values.js';
import { retrySettings } from './delivery.settings.js';
import { databaseSettings, egressSettings, kafkaSettings, secretsKeySetting } from './shared.settings.js';
import { standaloneSettings } from './standalone.settings.js';

/** What the doctor looks at: the settings of all apps together. */
export const doctorSettings = {
  ...kafkaSettings,
  ...databaseSettings,
  ...egressSettings,
  ...retrySettings,
  dataDir: standaloneSettings.dataDir,
  secretsKeys: setting(secretsKeySetting.variable, optional(secretsKeySetting.schema), {
    help: secretsKeySetting.help,
    secret: true,
  }),
} as const;

export type DoctorSettings = SettingsOf<typeof doctorSettings>;

import { setting, type SettingsOf } from '../setting.js';
import { durationMs } from '../values.js';
import { databaseSettings, kafkaSettings, listenSettings, loggingSettings } from './shared.settings.js';

export const recorderSettings = {
  ...listenSettings('RECORDER_PORT', 4004),
  ...loggingSettings,
  ...kafkaSettings,
  ...databaseSettings,
  historyRetentionMs: setting('HISTORY_RETENTION', durationMs({ min: '1d', max: '365d' }), {
    help: 'How long events, deliveries and their counts can be looked up; whole days are dropped',
    default: '30d',
  }),
} as const;

export type RecorderSettings = SettingsOf<typeof recorderSettings>;

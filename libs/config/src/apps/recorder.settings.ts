import type { SettingsOf } from '../setting.js';
import {
  databaseSettings,
  historySettings,
  kafkaSettings,
  listenSettings,
  loggingSettings,
} from './shared.settings.js';

export const recorderSettings = {
  ...listenSettings('RECORDER_PORT', 4004),
  ...loggingSettings,
  ...kafkaSettings,
  ...databaseSettings,
  ...historySettings,
} as const;

export type RecorderSettings = SettingsOf<typeof recorderSettings>;

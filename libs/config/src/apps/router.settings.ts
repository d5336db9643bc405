import type { SettingsOf } from '../setting.js';
import { kafkaSettings, listenSettings, loggingSettings } from './shared.settings.js';

export const routerSettings = {
  ...listenSettings('ROUTER_PORT', 4002),
  ...loggingSettings,
  ...kafkaSettings,
} as const;

export type RouterSettings = SettingsOf<typeof routerSettings>;

import type { SettingsOf } from '../setting.js';
import { kafkaSettings, listenSettings, loggingSettings } from './shared.settings.js';
import { tracingSettings } from './tracing.settings.js';

export const routerSettings = {
  ...listenSettings('ROUTER_PORT', 4002),
  ...loggingSettings,
  ...kafkaSettings,
  ...tracingSettings,
} as const;

export type RouterSettings = SettingsOf<typeof routerSettings>;

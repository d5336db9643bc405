import { newPrn } from '@fleethook/events';
import type { WebhookConfig } from '@fleethook/messages';
import { ORGANIZATION } from './fake-record.js';

/** An enabled webhook as the configuration tells of it. */
export const webhookConfig = (changes: Partial<WebhookConfig> = {}): WebhookConfig => ({
  v: 1,
  kind: 'webhook',
  version: 1,
  prn: newPrn(ORGANIZATION, 'webhook'),
  organization: ORGANIZATION,
  url: 'https://receiver.example/',
  enabledEvents: [],
  state: 'enabled',
  secrets: [],
  lanes: 1,
  ...changes,
});

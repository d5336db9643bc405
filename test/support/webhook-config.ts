import { newPrn, parseEventName, type Prn } from '@fleethook/events';
import type { WebhookConfig } from '@fleethook/messages';

/** An enabled webhook as the Admin API tells the data plane of it. */
export const webhookConfig = (
  organization: Prn<'organization'>,
  version: number,
  changes: Partial<WebhookConfig> = {},
): WebhookConfig => ({
  v: 1,
  kind: 'webhook',
  version,
  prn: newPrn(organization, 'webhook'),
  organization,
  url: 'https://receiver.example/hook',
  enabledEvents: [parseEventName('device.connected')],
  state: 'enabled',
  secrets: [],
  lanes: 1,
  ...changes,
});

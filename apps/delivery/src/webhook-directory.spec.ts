import { describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { SecretSealer, type WebhookConfig } from '@fleethook/messages';
import { createLog } from '@fleethook/observability';
import { ORGANIZATION } from './testing/fake-record.js';
import { WebhookDirectory } from './webhook-directory.js';

const directory = (): WebhookDirectory =>
  new WebhookDirectory(
    new SecretSealer([Buffer.alloc(32, 1).toString('base64')]),
    createLog({ app: 'delivery', level: 'silent', format: 'json' }),
  );

const config = (changes: Partial<WebhookConfig> = {}): WebhookConfig => ({
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

describe('the longest time limit', () => {
  it('is of all webhooks, and stays when one is lowered or removed: its attempts may still run elsewhere', () => {
    const known = directory();
    expect(known.longestTimeoutMs).toBe(0);
    known.onChange(config());
    expect(known.longestTimeoutMs).toBe(0);
    const slow = config({ timeoutMs: 30_000 });
    known.onChange(config({ timeoutMs: 5_000 }));
    known.onChange(slow);
    known.onChange(config({ timeoutMs: 7_000 }));
    expect(known.longestTimeoutMs).toBe(30_000);
    known.onChange({ ...slow, version: 2, timeoutMs: 1_000 });
    known.onRemove(slow.prn);
    known.onReset();
    expect(known.longestTimeoutMs).toBe(30_000);
  });
});

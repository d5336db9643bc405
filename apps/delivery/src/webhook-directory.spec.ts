import { describe, expect, it } from '@jest/globals';
import { SecretSealer } from '@fleethook/messages';
import { createLog } from '@fleethook/observability';
import { webhookConfig } from './testing/webhook-config.js';
import { WebhookDirectory } from './webhook-directory.js';

const directory = (): WebhookDirectory =>
  new WebhookDirectory(
    new SecretSealer([Buffer.alloc(32, 1).toString('base64')]),
    createLog({ app: 'delivery', level: 'silent', format: 'json' }),
  );

describe('the longest time limit', () => {
  it('is of all webhooks, and stays when one is lowered or removed: its attempts may still run elsewhere', () => {
    const known = directory();
    expect(known.longestTimeoutMs).toBe(0);
    known.onChange(webhookConfig());
    expect(known.longestTimeoutMs).toBe(0);
    const slow = webhookConfig({ timeoutMs: 30_000 });
    known.onChange(webhookConfig({ timeoutMs: 5_000 }));
    known.onChange(slow);
    known.onChange(webhookConfig({ timeoutMs: 7_000 }));
    expect(known.longestTimeoutMs).toBe(30_000);
    known.onChange({ ...slow, version: 2, timeoutMs: 1_000 });
    known.onRemove(slow.prn);
    known.onReset();
    expect(known.longestTimeoutMs).toBe(30_000);
  });
});

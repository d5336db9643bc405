import { describe, expect, it } from '@jest/globals';
import { bodyOf, EMPTY_WEBHOOK, type WebhookDraft } from './webhook-draft.js';

const draft: WebhookDraft = { ...EMPTY_WEBHOOK, url: 'https://example.com/hooks' };

describe('a webhook that is being made', () => {
  it('asks for nothing while its filter cannot be read: every event would pass', () => {
    expect(bodyOf({ ...draft, filter: { kind: 'json', text: '{"tags": ["lab"]' } })).toBeUndefined();
    expect(bodyOf({ ...draft, filter: { kind: 'json', text: '{"tags": ["lab"]}' } })?.filter).toEqual({
      tags: ['lab'],
    });
  });

  it.each(['timeoutMs', 'maxConcurrency', 'ratePerSecond'] as const)(
    'asks for nothing while %s is no number: it would be the default',
    (limit) => {
      for (const text of ['1,000', '10s']) expect(bodyOf({ ...draft, [limit]: text })).toBeUndefined();
      expect(bodyOf({ ...draft, [limit]: '1000' })).toBeDefined();
    },
  );

  it('has limits by default where nothing is typed', () => {
    expect(bodyOf({ ...draft, timeoutMs: ' ', maxConcurrency: '7' })).toMatchObject({
      timeout_ms: null,
      max_concurrency: 7,
      rate_per_second: null,
    });
  });
});

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
});

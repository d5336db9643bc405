import { describe, expect, it } from '@jest/globals';
import { changedFields } from '../../../api/changed-fields.js';
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

describe('a webhook that is being changed', () => {
  const opened: WebhookDraft = { ...draft, events: ['device.connected'], headers: undefined, changesBasicAuth: false };
  const changed = (changes: Partial<WebhookDraft>) => {
    const [before, after] = [bodyOf(opened), bodyOf({ ...opened, ...changes })];
    if (before === undefined || after === undefined) throw new Error('one of them cannot be read');
    return changedFields(before, after);
  };

  it('is asked for what was changed, and for nothing that another may have changed meanwhile', () => {
    expect(changed({ description: 'Edited here' })).toEqual({ description: 'Edited here' });
    expect(changed({ maxConcurrency: '7' })).toEqual({ max_concurrency: 7 });
    expect(changed({ events: [] })).toEqual({ enabled_events: [] });
    expect(changed({ filter: { kind: 'json', text: '{"tags": ["lab"]}' } })).toEqual({ filter: { tags: ['lab'] } });
  });

  it('is asked for nothing when nothing was changed', () => {
    expect(changed({})).toEqual({});
    expect(changed({ filter: { kind: 'json', text: '' } })).toEqual({});
  });

  it('gets new headers and credentials, or is told to have none', () => {
    expect(changed({ headers: 'x-tenant: acme' })).toEqual({ headers: { 'x-tenant': 'acme' } });
    expect(changed({ headers: '', changesBasicAuth: true })).toEqual({ headers: null, basic_auth: null });
  });
});

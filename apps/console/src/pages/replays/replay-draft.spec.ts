import { describe, expect, it } from '@jest/globals';
import { bodyOf, draftIn } from './replay-draft.js';

const LINK = 'webhook=prn:1:o:webhook:w&source=failed&status=pending&from=2026-11-01T00:00:00Z';
const draft = draftIn(new URLSearchParams(LINK));

describe('a replay that is being made', () => {
  it('asks for what its link said', () => {
    expect(bodyOf(draft)).toEqual({
      webhook_prn: 'prn:1:o:webhook:w',
      source: 'failed',
      from: '2026-11-01T00:00:00Z',
      rate_per_second: 100,
      filter: { statuses: ['failed', 'pending'] },
    });
  });

  it('is narrowed down by its filter', () => {
    const match = { tags: ['lab'] };
    expect(bodyOf({ ...draft, match: { kind: 'json', text: JSON.stringify(match) } })?.filter).toEqual({
      match,
      statuses: ['failed', 'pending'],
    });
  });

  it('asks for nothing while its filter cannot be read: everything would be sent', () => {
    expect(bodyOf({ ...draft, match: { kind: 'json', text: '{"tags": [' } })).toBeUndefined();
  });

  it('asks for nothing while no webhook is chosen', () => {
    expect(bodyOf({ ...draft, webhook: '' })).toBeUndefined();
  });

  it.each(['1,000', '10/s', ''])('asks for nothing while its rate is %j', (rate) => {
    expect(bodyOf({ ...draft, rate })).toBeUndefined();
  });
});

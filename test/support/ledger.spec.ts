import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn } from '@fleethook/events';
import { Ledger } from './ledger.js';

describe('Ledger', () => {
  it('tells what is missing, what came twice and what nobody confirmed', () => {
    const ledger = new Ledger(newOrganizationPrn());
    const [first = '', second = '', third = '', unanswered = ''] = ledger.issue(4);
    ledger.confirm([first, second, third]);
    expect(ledger.balance([first, second, second, second, unanswered])).toEqual({
      accepted: 3,
      missing: [third],
      duplicates: 2,
      unconfirmed: 1,
    });
  });
});

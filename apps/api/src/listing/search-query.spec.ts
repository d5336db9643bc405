import { describe, expect, it } from '@jest/globals';
import { parseWebhookSearch } from './search-query.js';

const clauses = (count: number): string => Array.from({ length: count }, () => "description~'x'").join(' and ');

describe('parseWebhookSearch', () => {
  it('searches for nothing when the text is empty, as Peridio’s client sends it', () => {
    expect(parseWebhookSearch('')).toEqual({ kind: 'parsed', clauses: [] });
    expect(parseWebhookSearch('  ')).toEqual({ kind: 'parsed', clauses: [] });
  });

  it.each([
    ["prn:'prn:1:x'", { field: 'prn', operator: 'equals', value: 'prn:1:x' }],
    ["description:'it\\'s'", { field: 'description', operator: 'equals', value: "it's" }],
    ["description~'a and b'", { field: 'description', operator: 'contains', value: 'a and b' }],
    ["organization_prn:'o'", { field: 'organization_prn', operator: 'equals', value: 'o' }],
    [
      "inserted_at:'2026-01-01T00:00:00Z'",
      { field: 'inserted_at', operator: 'equals', value: new Date('2026-01-01T00:00:00Z') },
    ],
    [
      "updated_at<'2026-01-01T00:00:00Z'",
      { field: 'updated_at', operator: 'before', value: new Date('2026-01-01T00:00:00Z') },
    ],
    [
      "updated_at<='2026-01-01T00:00:00Z'",
      { field: 'updated_at', operator: 'not_after', value: new Date('2026-01-01T00:00:00Z') },
    ],
    [
      "updated_at>'2026-01-01T00:00:00Z'",
      { field: 'updated_at', operator: 'after', value: new Date('2026-01-01T00:00:00Z') },
    ],
    [
      "updated_at>='2026-01-01T00:00:00Z'",
      { field: 'updated_at', operator: 'not_before', value: new Date('2026-01-01T00:00:00Z') },
    ],
  ])('reads %s', (text, clause) => {
    expect(parseWebhookSearch(text)).toEqual({ kind: 'parsed', clauses: [clause] });
  });

  it('joins up to five clauses, and no more', () => {
    const five = parseWebhookSearch(clauses(5));
    expect(five.kind === 'parsed' && five.clauses.length).toBe(5);
    expect(parseWebhookSearch(clauses(6)).kind).toBe('invalid');
  });

  it.each([
    "url:'x'",
    "description:'x",
    "description-'x'",
    'description:true',
    "prn~'x'",
    "description:'x' or description:'y'",
    "description:'x' and ",
    "inserted_at~'2026-01-01T00:00:00Z'",
    "inserted_at:'2026-01-01'",
    "inserted_at:'2026-02-30T00:00:00Z'",
    "inserted_at:'2026-01-01T00:00:00.000Z'",
    "description:'a\0b'",
    "description:'\ud800'",
  ])('refuses %j, saying why', (text) => {
    const result = parseWebhookSearch(text);
    expect(result).toEqual({ kind: 'invalid', message: expect.stringMatching(/\w/) });
  });
});

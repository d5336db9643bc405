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
    ["description:''", { field: 'description', operator: 'equals', value: '' }],
    ["  prn:'x'\n", { field: 'prn', operator: 'equals', value: 'x' }],
    ["description:'a\\b\\\\n'", { field: 'description', operator: 'equals', value: 'a\\b\\\\n' }],
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

  it('takes 24:00, a leap second and year 0 as the calendar does', () => {
    const times = ['2026-01-01T24:00:00Z', '2026-06-30T23:59:60Z', '0000-01-01T00:00:00Z'];
    expect(times.map((time) => parseWebhookSearch(`inserted_at:'${time}'`).kind)).toEqual([
      'invalid',
      'invalid',
      'parsed',
    ]);
  });

  it.each([
    ["url:'x'", ['at character 1: url is not a key of webhooks']],
    ["DESCRIPTION:'x'", ['at character 1: DESCRIPTION is not a key']],
    ["  url:'x'", ['at character 3: url is not']],
    ["description:'x", ['at character 13: is a text without a closing quote']],
    ["description:'x\\'", ['at character 13: is a text without a closing quote']],
    ["description-'x'", ['at character 12: description can be searched with : ~ only']],
    ["description!'x'", ['at character 12: must be one of the operators']],
    ['description:true', ['at character 13: description needs a text']],
    ['description:x', ['at character 13: must be a text in single quotes']],
    ['description:', ['at character 13: must be a text']],
    ['description', ['at character 12: must be one of the operators']],
    ["prn~'x'", ['at character 4: prn can be searched with : only']],
    ["prn<='x'", ['at character 4: prn can be searched with : only']],
    ["description:'x' or description:'y'", ['at character 16: must go on with " and "']],
    ["description:'x'  and description:'y'", ['at character 16: must go on']],
    ["description:'x' AND description:'y'", ['at character 16: must go on']],
    ["description:'x' and ", ['at character 21: must be a clause']],
    ["description:'x' and  prn:'y'", ['at character 21: must be a clause']],
    ["and description:'x'", ['at character 4: must be one of the operators']],
    ["inserted_at~'2026-01-01T00:00:00Z'", ['at character 12: inserted_at can be searched with']],
    ["inserted_at:'2026-01-01'", ['at character 13: inserted_at needs a date-time']],
    ['inserted_at:2026', ['at character 13: inserted_at needs a date-time']],
    ["inserted_at:'2026-02-30T00:00:00Z'", ['at character 13: inserted_at needs a date-time']],
    ["inserted_at:'2026-01-01T00:00:00.000Z'", ['at character 13: inserted_at needs a date-time']],
    ["inserted_at:'2026-01-01t00:00:00z'", ['at character 13: inserted_at needs a date-time']],
    ["description:'a\0b'", ['must be valid Unicode without NUL']],
    ["description:'\ud800'", ['must be valid Unicode without NUL']],
    [`description:'${'x'.repeat(2_048)}'`, ['must be at most 2048 characters']],
    [`${clauses(5)} and prn:'x'`, [`at character ${clauses(5).length + 1}: must end: 5 clauses at most`]],
    [
      "url:'x' and prn~'y' and inserted_at>'z'",
      ['at character 1: url', 'at character 16: prn', 'at character 37: inserted_at'],
    ],
  ])('refuses %j, saying where and why', (text, messages) => {
    expect(parseWebhookSearch(text)).toEqual({
      kind: 'invalid',
      messages: messages.map((message) => expect.stringContaining(message)),
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { checkUrl } from './url-check.js';

describe('a URL as it is typed', () => {
  it('is not complained about before it can be judged', () => {
    const typed = 'https://example.com/hook';
    const kinds = Array.from(typed, (_, index) => checkUrl(typed.slice(0, index + 1)).kind);
    expect(kinds).not.toContain('wrong');
    expect(kinds.at(-1)).toBe('fine');
  });

  it.each([
    ['http://example.com', /https/],
    ['ftp', /https/],
    ['https://exa mple.com', /blanks/],
    ['https://me:secret@example.com', /user name/],
    ['https://example.com/#a', /fragment/],
    ['https://example.com:0/', /port 0/],
    ['https://a..example.com', /looked up/],
    [`https://example.com/${'x'.repeat(1_028)}`, /1028/],
  ])('%s is wrong, and is told why', (url, message) => {
    expect(checkUrl(url)).toEqual({ kind: 'wrong', message: expect.stringMatching(message) });
  });

  it.each(['https://localhost:8443/x', 'https://[2001:db8::1]/', 'https://192.0.2.1/', 'https://münchen.example/'])(
    '%s is left to the API',
    (url) => expect(checkUrl(url)).toEqual({ kind: 'fine' }),
  );
});

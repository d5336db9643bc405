import { describe, expect, it } from '@jest/globals';
import { servedUrl } from './served-url.js';

describe('what a request asks for', () => {
  it.each([
    ['/webhooks?search=url://x', '/webhooks?search=url://x'],
    ['//webhooks', '/webhooks'],
    ['///webhooks//x?y=//', '/webhooks//x?y=//'],
    ['//', '/'],
    ['*', '*'],
    ['', ''],
    [undefined, '/'],
  ])('%p is %p', (url, served) => {
    expect(servedUrl({ url })).toBe(served);
  });
});

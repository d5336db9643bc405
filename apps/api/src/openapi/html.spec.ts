import { describe, expect, it } from '@jest/globals';
import { Html, html, prose } from './html.js';

describe('html', () => {
  it('escapes what it is given, and leaves alone what is HTML already', () => {
    expect(html`<b title="${`"'<&>`}">${'<i>'}</b>`.text).toBe('<b title="&#34;&#39;&#60;&#38;&#62;">&#60;i&#62;</b>');
    expect(html`<b>${html`<i>${1}</i>`}${['<', html`<u></u>`]}${undefined}</b>`.text).toBe(
      '<b><i>1</i>&#60;<u></u></b>',
    );
    expect(html`${new Html('<hr>')}`.text).toBe('<hr>');
  });

  it('sets what is in backquotes as code', () => {
    expect(prose('Needs `a < b`.').text).toBe('Needs <code>a &#60; b</code>.');
  });
});

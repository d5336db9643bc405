import { describe, expect, it } from '@jest/globals';
import { LatestSearch } from './latest-search.js';

const searchOf = (text: string): URLSearchParams => new URLSearchParams(text);

function changed(latest: LatestSearch, name: string): URLSearchParams {
  const next = new URLSearchParams(latest.value);
  next.set(name, '1');
  latest.ask(next);
  return next;
}

describe('what a page was asked for last', () => {
  it('has every change, however late the address follows', () => {
    const latest = new LatestSearch(searchOf(''));
    const first = changed(latest, 'a');
    changed(latest, 'b');
    latest.arrived(first);
    const last = changed(latest, 'c');
    expect(latest.value.toString()).toBe('a=1&b=1&c=1');
    // One may be passed over.
    latest.arrived(last);
    expect(changed(latest, 'd').toString()).toBe('a=1&b=1&c=1&d=1');
  });

  it('is the address where somebody went elsewhere', () => {
    const latest = new LatestSearch(searchOf(''));
    const first = changed(latest, 'a');
    latest.arrived(first);
    latest.arrived(searchOf('other=1'));
    expect(changed(latest, 'b').toString()).toBe('other=1&b=1');
  });

  it('is the address also where it goes back while a change is under way', () => {
    const latest = new LatestSearch(searchOf('x=1'));
    changed(latest, 'a');
    latest.arrived(searchOf(''));
    expect(changed(latest, 'b').toString()).toBe('b=1');
  });
});

import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { LatestSearch } from './latest-search.js';

/**
 * What a page is asked for, kept in its address. Changes in a row all count, even when the address has not followed the first yet.
 */
export function useAddress(): [search: URLSearchParams, set: (name: string, value: string) => void, clear: () => void] {
  const [search, setSearch] = useSearchParams();
  const [latest] = useState(() => new LatestSearch(search));
  useEffect(() => latest.arrived(search), [latest, search]);
  const replace = (next: URLSearchParams): void => {
    latest.ask(next);
    setSearch(next, { replace: true });
  };
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(latest.value);
    if (value === '') next.delete(name);
    else next.set(name, value);
    replace(next);
  };
  return [search, set, () => replace(new URLSearchParams())];
}

import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

/**
 * What a page is asked for, kept in its address. Two changes in a row both count, even when the address has not followed the first yet.
 */
export function useAddress(): [search: URLSearchParams, set: (name: string, value: string) => void, clear: () => void] {
  const [search, setSearch] = useSearchParams();
  const latest = useRef(search);
  useEffect(() => {
    latest.current = search;
  }, [search]);
  const replace = (next: URLSearchParams): void => {
    latest.current = next;
    setSearch(next, { replace: true });
  };
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(latest.current);
    if (value === '') next.delete(name);
    else next.set(name, value);
    replace(next);
  };
  return [search, set, () => replace(new URLSearchParams())];
}

import { useEffect, useState, type ReactNode } from 'react';
import { bothTimes, fromNow } from './format.js';

/** The time now, again and again. @param everyMs between two looks at the clock */
export function useNow(everyMs = 5_000): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

/** How long ago, or how soon; the exact time on pointing at it, and for screen readers. */
export function Time({ at, none = '–' }: { at: string | null; none?: string }): ReactNode {
  const nowMs = useNow();
  if (at === null) return none;
  const date = new Date(at);
  return (
    <time dateTime={at} title={bothTimes(date)}>
      {fromNow(date, nowMs)}
    </time>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { pipelineQuery, type Pipeline } from './state.js';

/** `polling`: the stream is away, and the state is asked for every few seconds instead. */
export type Liveness = 'live' | 'polling';

/** What happened within the last minute. */
export interface LastMinute {
  readonly events: number;
  readonly succeeded: number;
  readonly failed: number;
}

export const LAST_MINUTE_KEY = ['last minute'] as const;

/** After the stream was refused (too many of them, or an old API). */
const RECONNECT_MS = 30_000;

/** Keeps the state of the pipeline fresh in the query cache while the caller is on the page. */
export function useLiveState(): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('polling');
  const [round, setRound] = useState(0);
  useEffect(() => {
    const source = new EventSource('/pipeline/stream');
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener('open', () => setLiveness('live'));
    source.addEventListener('pipeline', ({ data }) =>
      client.setQueryData(pipelineQuery.queryKey, { data: JSON.parse(String(data)) as Pipeline }),
    );
    source.addEventListener('overview_tick', ({ data }) =>
      client.setQueryData(LAST_MINUTE_KEY, JSON.parse(String(data)) as LastMinute),
    );
    source.addEventListener('error', () => {
      setLiveness('polling');
      // A connection that broke is tried again by the browser; one that was refused is not.
      if (source.readyState === EventSource.CLOSED)
        timer = setTimeout(() => setRound((last) => last + 1), RECONNECT_MS);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, round]);
  return liveness;
}

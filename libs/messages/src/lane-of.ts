import type { Prn } from '@fleethook/events';

/** Over so many a webhook can be spread: there are few more partitions. */
export const MAX_LANES = 16;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The lane of a webhook that takes an event: the same for the same event, however often it is routed, retried or replayed. FNV-1a over the PRN. */
export function laneOf(event: Prn<'event'>, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = FNV_OFFSET;
  for (let index = 0; index < event.length; index++) hash = Math.imul(hash ^ event.charCodeAt(index), FNV_PRIME);
  return (hash >>> 0) % lanes;
}

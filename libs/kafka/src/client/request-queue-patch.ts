import { internalOf } from './kafkajs.js';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const patched = new WeakSet();

/**
 * After its first reply every connection re-arms a 1 ms timer for ever, which keeps an idle process at 4-5 % of a core. The timer is only
 * of use while requests wait for a throttle to end.
 */
export function patchRequestQueue(): void {
  const { prototype } = internalOf('network/requestQueue') as { prototype: RequestQueue };
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}

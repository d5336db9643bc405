import { internalOf } from './kafkajs.js';

interface ConsumerGroup {
  /** By the wall clock. */
  lastRequest: number;
  heartbeat: (this: ConsumerGroup, options: { interval: number }) => Promise<void>;
}

const patched = new WeakSet();

/**
 * A heartbeat is sent once the wall clock has gone so far since the last one. A clock that is set back by an hour therefore silences a
 * member for an hour: its group expels it, and our watchdog takes it for hung. A last heartbeat in the future counts as none.
 */
export function patchHeartbeat(): void {
  const { prototype } = internalOf('consumer/consumerGroup') as { prototype: ConsumerGroup };
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const { heartbeat } = prototype;
  prototype.heartbeat = function (this: ConsumerGroup, options): Promise<void> {
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return heartbeat.call(this, options);
  };
}

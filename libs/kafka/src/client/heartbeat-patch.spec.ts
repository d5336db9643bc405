import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { patchHeartbeat } from './heartbeat-patch.js';
import { internalOf } from './kafkajs.js';

interface Group {
  memberId: string;
  coordinator: { heartbeat: () => Promise<void> };
  heartbeat(options: { interval: number }): Promise<void>;
}

const INTERVAL_MS = 3_000;
const HOUR_MS = 3_600_000;

/** @returns how many heartbeats a member has sent that asks for them once before and once after its clock moves */
async function heartbeatsBeside(clockStepMs: number): Promise<number> {
  const ConsumerGroup = internalOf('consumer/consumerGroup') as new (options: object) => Group;
  const nowMs = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(nowMs);
  try {
    const group = new ConsumerGroup({ logger: { namespace: () => ({}) }, instrumentationEmitter: new EventEmitter() });
    let sent = 0;
    group.memberId = 'member';
    group.coordinator = { heartbeat: () => Promise.resolve(void (sent += 1)) };
    clock.mockReturnValue(nowMs + INTERVAL_MS);
    await group.heartbeat({ interval: INTERVAL_MS });
    clock.mockReturnValue(nowMs + INTERVAL_MS + clockStepMs);
    await group.heartbeat({ interval: INTERVAL_MS });
    return sent;
  } finally {
    clock.mockRestore();
  }
}

describe('heartbeat', () => {
  it('is sent after a clock was set back, and no earlier than due otherwise, once patched', async () => {
    // The fault that the patch is for. When this fails, the patch can go.
    expect(await heartbeatsBeside(-HOUR_MS)).toBe(1);
    patchHeartbeat();
    patchHeartbeat();
    expect(await heartbeatsBeside(-HOUR_MS)).toBe(2);
    expect(await heartbeatsBeside(INTERVAL_MS - 1)).toBe(1);
    expect(await heartbeatsBeside(INTERVAL_MS)).toBe(2);
  });
});

import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { internalOf } from './kafkajs.js';
import { patchRequestQueue } from './request-queue-patch.js';

interface Queue {
  pending: unknown[];
  fulfillRequest(reply: { correlationId: number; payload: null; size: number }): void;
  destroy(): void;
}

function timersAfterAReply(pending: unknown[]): number {
  const RequestQueue = internalOf('network/requestQueue') as new (options: object) => Queue;
  const logger = { debug: () => {}, warn: () => {} };
  const queue = new RequestQueue({
    logger,
    maxInFlightRequests: 0,
    requestTimeout: 1_000,
    instrumentationEmitter: new EventEmitter(),
  });
  queue.pending = pending;
  const timers = jest.spyOn(globalThis, 'setTimeout');
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
  queue.destroy();
  const { length } = timers.mock.calls;
  timers.mockRestore();
  return length;
}

describe('request queue', () => {
  it('arms a timer after each reply and only while requests wait once patched', () => {
    // The fault that the patch is for. When this fails, the patch can go.
    expect(timersAfterAReply([])).toBe(1);
    patchRequestQueue();
    patchRequestQueue();
    expect(timersAfterAReply([])).toBe(0);
    expect(timersAfterAReply([{}])).toBe(1);
  });
});

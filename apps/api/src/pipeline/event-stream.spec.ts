import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { EventStream } from './event-stream.js';

const RETRY = 'retry: 3000\n\n';

describe('a stream of events', () => {
  it('sends what it is given, in order, and ends', async () => {
    const stream = new EventStream();
    stream.sendEvent('pipeline', { lag: 1 }, 0);
    stream.sendHeartbeat(0);
    stream.end();
    expect(await text(stream)).toBe(`${RETRY}event: pipeline\ndata: {"lag":1}\n\n: heartbeat\n\n`);
  });

  it('passes over what comes once it has ended, whether anybody reads it yet or not', async () => {
    const stream = new EventStream();
    const errors: Error[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.end();
    stream.sendEvent('pipeline', { lag: 1 }, 0);
    stream.sendHeartbeat(0);
    stream.end();
    expect(await text(stream)).toBe(RETRY);
    expect(errors).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { createMetrics, Readiness } from '@fleethook/observability';
import { KafkaBatchServer } from './kafka-batch-server.js';
import type { KafkaBatchServerOptions } from './kafka-batch-server-options.js';

function serverOf(options: Partial<KafkaBatchServerOptions> = {}, readiness = new Readiness()): KafkaBatchServer {
  const context = { log: pino({ level: 'silent' }), metrics: createMetrics(), readiness };
  return new KafkaBatchServer(
    {
      connection: {
        brokers: ['127.0.0.1:1'],
        clientId: 'test',
        prefix: '',
        replicationFactor: 1,
        sessionTimeoutMs: 6_000,
      },
      groupId: 'workers',
      transportId: Symbol('test'),
      window: { maxRecords: 10, maxBytes: 1_000, maxSpan: 100 },
      handoverGraceMs: 1_000,
      drainTimeoutMs: 1_000,
      ...options,
    },
    context,
  );
}

async function refusalOf(server: KafkaBatchServer): Promise<unknown> {
  return new Promise((resolve) => {
    void server.listen(resolve);
  });
}

/** A new one each time: Nest keeps its chain of handlers on the function itself. */
const handler = (): (() => Promise<void>) => async () => {};

describe('a batch server', () => {
  it('refuses several handlers for one topic: Nest would join them, and settling would have two owners', async () => {
    const server = serverOf();
    server.addHandler('things', handler(), true);
    server.addHandler('things', handler(), true);
    expect(await refusalOf(server)).toMatchObject({
      code: 'HANDLER_INVALID',
      message: expect.stringMatching(/two handlers for things/),
    });
  });

  it('refuses a topic without a handler and a handler without a topic', async () => {
    const without = serverOf({ topics: ['things', 'others'] });
    without.addHandler('things', handler(), true);
    expect(await refusalOf(without)).toMatchObject({
      code: 'HANDLER_INVALID',
      message: expect.stringContaining('do not match: others'),
    });
    const unread = serverOf({ topics: ['things'] });
    unread.addHandler('things', handler(), true);
    unread.addHandler('others', handler(), true);
    expect(await refusalOf(unread)).toMatchObject({
      code: 'HANDLER_INVALID',
      message: expect.stringContaining('do not match: others'),
    });
    expect(await refusalOf(serverOf())).toMatchObject({ code: 'HANDLER_INVALID' });
  });

  it('shares its readiness probe with the other consumers of the process', async () => {
    const readiness = new Readiness();
    serverOf({ groupId: 'one' }, readiness);
    serverOf({ groupId: 'two' }, readiness);
    expect([...(await readiness.reasons())]).toEqual([
      ['kafka', 'one: has not joined its group yet; two: has not joined its group yet'],
    ]);
  });

  it('calls a crash for good fatal, and one that the client recovers from not', async () => {
    const readiness = new Readiness();
    const fatal: unknown[] = [];
    const server = serverOf({ onFatal: (error) => fatal.push(error) }, readiness);
    server.onCrashed(new Error('connection lost'), true);
    expect([fatal.length, readiness.fatal.size]).toEqual([0, 0]);
    expect((await readiness.reasons()).get('kafka')).toContain('connection lost');
    server.onCrashed(new TypeError('x is not a function'), false);
    expect(fatal).toMatchObject([{ code: 'CONSUMER_STOPPED', cause: { message: 'x is not a function' } }]);
    expect(readiness.fatal.get('kafka')).toContain('x is not a function');
  });

  it('calls no crash fatal once it is told to stop: what is in flight is to end all the same', async () => {
    const fatal: unknown[] = [];
    const server = serverOf({ onFatal: (error) => fatal.push(error) });
    const closed = server.close();
    server.onCrashed(new Error('Failed to find group coordinator'), false);
    await closed;
    server.onCrashed(new Error('Failed to find group coordinator'), false);
    expect(fatal).toEqual([]);
  });
});

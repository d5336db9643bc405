import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import {
  after,
  bodyUntilClose,
  hang,
  ok,
  raw,
  Receiver,
  reset,
  status,
  unfinishedBody,
} from '../../support/receiver.js';
import { egressWorld, metricValue } from './egress-world.js';

const STALE = 'fleethook_egress_stale_connections_total';

describe('a kept-alive connection that the receiver closed as we sent', () => {
  it('is replaced once, at once, within the same attempt', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([ok(), reset(), status(202)]);
    await world.post(receiver.url, { body: '{"prn":"first"}' });
    const result = await world.post(receiver.url, { body: '{"prn":"second"}' });
    expect(result).toMatchObject({ kind: 'response', status: 202, connectionReused: false });
    expect(receiver.prns()).toEqual(['first', 'second', 'second']);
    expect(await metricValue(world.metrics, STALE)).toBe(1);
  });

  it('is replaced by one that the attempts behind it take, within the bound', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 1 });
    await using receiver = await Receiver.listen([ok(), reset(), ok(), ok()]);
    await world.post(receiver.url);
    await world.post(receiver.url);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 200, connectionReused: true });
    expect(await metricValue(world.metrics, 'fleethook_egress_open_connections')).toBe(1);
  });

  it('is not replaced when the receiver hangs up later: it has had the request', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([ok(), after(2_200, reset()), ok()]);
    await world.post(receiver.url);
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'connection_reset', connectionReused: true });
    expect(receiver.requests).toHaveLength(2);
  });

  it('is not replaced twice', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([ok(), reset(), reset(), ok()]);
    await world.post(receiver.url);
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'connection_reset', stage: 'headers' });
    expect(receiver.requests).toHaveLength(3);
  });

  it('is not replaced when it is new: that receiver does close on us', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([reset(), ok()]);
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'connection_reset', connectionReused: false });
    expect(receiver.requests).toHaveLength(1);
  });

  it('is not replaced once an answer has begun', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      ok(),
      ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nx-ha'),
      ok(),
    ]);
    await world.post(receiver.url);
    expect(await world.post(receiver.url)).toMatchObject({ failure: 'connection_reset', connectionReused: true });
    expect(receiver.requests).toHaveLength(2);
  });

  it('has no more time for its second try than the attempt had', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([ok(), reset(), hang()]);
    await world.post(receiver.url);
    const result = await world.post(receiver.url, { timeoutMs: 2_500 });
    expect(result).toMatchObject({ failure: 'timeout', stage: 'headers' });
    expect(result.latencyMs).toBeGreaterThanOrEqual(2_499);
  });

  it('does not count when the connection was already seen to be closed', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen();
    await world.post(receiver.url);
    receiver.dropConnections();
    await eventually(
      async () => expect(await metricValue(world.metrics, 'fleethook_egress_open_connections')).toBe(0),
      { withinMs: 20_000 },
    );
    expect(await world.post(receiver.url)).toMatchObject({ status: 200, connectionReused: false });
    expect(await metricValue(world.metrics, STALE)).toBe(0);
  });

  it('many at once: every request is answered', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([after(2, ok())]);
    await Promise.all(Array.from({ length: 20 }, () => world.post(receiver.url)));
    // None may be on its way any more: a new connection that is dropped is no stale one.
    await eventually(
      async () =>
        expect(await metricValue(world.metrics, 'fleethook_egress_open_connections')).toBe(receiver.connectionCount),
      { withinMs: 20_000 },
    );
    receiver.dropConnections();
    const results = await Promise.all(Array.from({ length: 20 }, () => world.post(receiver.url)));
    expect(results.filter((result) => result.kind !== 'response')).toEqual([]);
  });
});

describe('a connection is not used again', () => {
  it.each([
    ['after an answer that says close', status(200, { connection: 'close' })],
    ['after an answer without length that ends with the connection', bodyUntilClose('all')],
    ['after an HTTP/1.0 answer', raw('HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n')],
  ] as const)('%s', async (_, answer) => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([answer, ok()]);
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 200 });
    expect(await world.post(receiver.url)).toMatchObject({ kind: 'response', status: 200, connectionReused: false });
  });

  it.each([
    ['after a time-out', hang()],
    ['after an answer that did not end', unfinishedBody('some')],
  ])('%s: what it still brings would be taken for the next answer', async (_, answer) => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([answer, ok()]);
    await world.post(receiver.url, { timeoutMs: 2_500 });
    await eventually(() => expect(receiver.openConnections).toBe(0), { withinMs: 20_000 });
    expect(await world.post(receiver.url)).toMatchObject({ status: 200, connectionReused: false });
  });

  it('when it brought bytes that nobody asked for', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      raw('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 Forged\r\ncontent-length: 0\r\n\r\n'),
      status(202),
    ]);
    expect(await world.post(receiver.url)).toMatchObject({ status: 200 });
    expect(await world.post(receiver.url)).toMatchObject({ status: 202 });
  });

  it('longer than it may lie idle', async () => {
    await using world = await egressWorld({ idleTimeoutMs: 50 });
    await using receiver = await Receiver.listen();
    await world.post(receiver.url);
    await eventually(() => expect(receiver.openConnections).toBe(0), { withinMs: 30_000 });
    expect(await metricValue(world.metrics, 'fleethook_egress_origins')).toBe(0);
  });
});

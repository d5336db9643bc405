import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { EgressResult, HostResolver } from '@fleethook/egress';
import { ConnectProxy } from '../../support/connect-proxy.js';
import { eventually } from '../../support/eventually.js';
import { after, hang, ok, Receiver, slowBody } from '../../support/receiver.js';
import { egressWorld } from './egress-world.js';

/** The process as a whole, as a signal or a busy machine makes it. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
}

/** In the turn of the event loop in which a look-up was answered, a little later: it is dialled, and nothing was read yet. */
async function dialled(): Promise<void> {
  for (let step = 0; step < 20; step++) await Promise.resolve();
}

describe('the time limit', () => {
  it('is for the whole attempt: pieces that come in time do not prolong it', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      slowBody(
        Array.from({ length: 1_000 }, () => 'x'),
        10,
      ),
    ]);
    const result = await world.post(receiver.url, { timeoutMs: 2_500 });
    expect(result).toMatchObject({ kind: 'response', status: 200 });
    expect(result.latencyMs).toBeGreaterThanOrEqual(2_499);
    expect(result.kind === 'response' && result.excerpt.length).toBeLessThan(1_000);
  });

  it('holds for an attempt that waits for a connection, and takes nothing from the others', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 1 });
    await using receiver = await Receiver.listen([after(500, ok('slow')), ok('quick')]);
    const slow = world.post(receiver.url);
    await eventually(() => expect(receiver.requests).toHaveLength(1), { withinMs: 20_000 });
    const waiting = world.post(receiver.url, { timeoutMs: 50 });
    expect(await waiting).toMatchObject({ kind: 'failure', failure: 'timeout', stage: 'connect' });
    const next = world.post(receiver.url);
    expect(await slow).toMatchObject({ status: 200, excerpt: 'slow' });
    expect(await next).toMatchObject({ status: 200, excerpt: 'quick', connectionReused: true });
    expect(receiver.requests).toHaveLength(2);
  });

  it('fires for each of many at its own time', async () => {
    await using world = await egressWorld({ maxConnectionsPerOrigin: 100 });
    await using receiver = await Receiver.listen([hang()]);
    const limits = Array.from({ length: 40 }, (_, index) => 200 + index * 10);
    const results = await Promise.all(limits.map((timeoutMs) => world.post(receiver.url, { timeoutMs })));
    for (const [index, limit] of limits.entries()) {
      expect(results[index]).toMatchObject({ failure: 'timeout' });
      expect(results[index]?.latencyMs).toBeGreaterThanOrEqual(limit - 1);
    }
    const order = results.toSorted((left, right) => left.latencyMs - right.latencyMs);
    expect(order.at(0)?.latencyMs).toBeLessThan(order.at(-1)?.latencyMs ?? 0);
  });

  it('of one of several addresses gives up none that answered while this process stood still', async () => {
    const resolver: HostResolver = {
      resolve: () => {
        void dialled().then(standStill);
        return Promise.resolve(['127.0.0.1', '127.0.0.2']);
      },
    };
    await using world = await egressWorld({ resolver });
    await using receiver = await Receiver.listen([ok()]);
    // Behind the sockets in a turn: the time limit of the first address comes before they are looked at again.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await world.post(receiver.url)).toMatchObject({ status: 200, address: '127.0.0.1' });
  });

  it('of a connection on its way fails nobody who came later', async () => {
    await using world = await egressWorld({ connectTimeoutMs: 2_000 });
    await using receiver = await Receiver.listen([after(100, ok()), ok(), after(4_000, ok()), ok()]);
    await using stack = new AsyncDisposableStack();
    let connections = 0;
    // The second gets no further than TCP.
    const before = createServer((socket) => {
      stack.defer(() => void socket.destroy());
      socket.on('error', () => {});
      if (++connections === 2) return;
      const onward = connect(receiver.port, '127.0.0.1');
      stack.defer(() => void onward.destroy());
      onward.on('error', () => {});
      socket.pipe(onward).pipe(socket);
    });
    stack.defer(() => void before.close());
    before.listen(0, '127.0.0.1');
    await once(before, 'listening');
    const url = `https://localhost:${(before.address() as AddressInfo).port}/`;
    const first = world.post(url);
    await eventually(() => expect(receiver.requests).toHaveLength(1), { withinMs: 20_000 });
    // A connection is opened for it, and another becomes free before.
    const second = world.post(url);
    expect([await first, await second]).toMatchObject([{ status: 200 }, { status: 200, connectionReused: true }]);
    const slow = world.post(url);
    expect(await world.post(url)).toMatchObject({ status: 200 });
    expect(await slow).toMatchObject({ status: 200 });
    expect(connections).toBe(3);
  });

  it('that strikes late looks for the answer first: it may lie unread since this process stood still', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([
      ok(),
      ({ response }) => {
        response.writeHead(200);
        // Its last byte is with the kernel by then, and nobody has looked.
        response.end('in time', () => setImmediate(standStill));
      },
    ]);
    expect(await world.post(receiver.url)).toMatchObject({ status: 200 });
    const result = await world.post(receiver.url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ kind: 'response', status: 200, excerpt: 'in time' });
    expect(result.latencyMs).toBeGreaterThan(1_400);
  });

  it.each(['directly', 'through a proxy'])(
    'of a connection that strikes late looks first whether it has gone on meanwhile: %s',
    async (way) => {
      await using proxy = await ConnectProxy.listen();
      await using receiver = await Receiver.listen([ok()]);
      const resolver: HostResolver = {
        resolve: () => {
          // By then the kernel has connected, and nobody has looked.
          setImmediate(standStill);
          return Promise.resolve(['127.0.0.1']);
        },
      };
      const through = way === 'directly' ? {} : { proxy: `http://127.0.0.1:${proxy.port}` };
      await using world = await egressWorld({ ...through, resolver, connectTimeoutMs: 1_000 });
      const result = await world.post(receiver.url);
      expect(result).toMatchObject({ kind: 'response', status: 200 });
      expect(result.latencyMs).toBeGreaterThan(1_400);
    },
  );

  it('of one origin does not delay another', async () => {
    await using world = await egressWorld();
    await using hanging = await Receiver.listen([hang()]);
    await using healthy = await Receiver.listen();
    const stuck = Array.from({ length: 60 }, () => world.post(hanging.url, { timeoutMs: 8_000 }));
    let stuckAreOver = false;
    void Promise.race(stuck).then(() => (stuckAreOver = true));
    for (let index = 0; index < 20; index++) expect(await world.post(healthy.url)).toMatchObject({ status: 200 });
    expect(stuckAreOver).toBe(false);
    const results = await Promise.all(stuck);
    expect(new Set(results.map((result: EgressResult) => result.kind === 'failure' && result.failure))).toEqual(
      new Set(['timeout']),
    );
  });

  it('ends the connection, so that the receiver is not left waiting', async () => {
    await using world = await egressWorld();
    await using receiver = await Receiver.listen([hang()], { connections: ['silence', 'serve'] });
    expect(await world.post(receiver.url, { timeoutMs: 2_500 })).toMatchObject({ stage: 'tls' });
    expect(await world.post(receiver.url, { timeoutMs: 500 })).toMatchObject({ failure: 'timeout' });
    await world.client.close();
    expect(receiver.connectionCount).toBeGreaterThanOrEqual(2);
  });
});

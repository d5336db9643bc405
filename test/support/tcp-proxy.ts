import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** `pass`: as if it were not there. `stall`: connections open, nothing moves. `refuse`: every connection is cut, new ones too. */
export type ProxyMode = 'pass' | 'stall' | 'refuse';

/** Stands between a client and a server, and fails as networks do. */
export class TcpProxy implements AsyncDisposable {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #forgotten = new Set<readonly [Socket, Socket]>();
  #mode: ProxyMode = 'pass';

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param target `host` and `port` to stand before; a free port of this host is listened on */
  static async before(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.#accept(client, target));
    return proxy;
  }

  /** The same address, through the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.port);
    return changed.href;
  }

  set mode(mode: ProxyMode) {
    this.#mode = mode;
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        if (mode === 'refuse') socket.destroy();
        else if (mode === 'stall') socket.pause();
        else socket.resume();
      }
    }
  }

  /** The network forgets the connections that are open now: both ends still believe in them, and nothing moves. New ones pass. */
  forgetConnections(): void {
    for (const pair of this.#pairs) {
      this.#pairs.delete(pair);
      this.#forgotten.add(pair);
      for (const socket of pair) socket.pause();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const pair of [...this.#pairs, ...this.#forgotten]) for (const socket of pair) socket.destroy();
    await closed;
  }

  #accept(client: Socket, target: { host: string; port: number }): void {
    if (this.#mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('end', () => to.end());
      // A cut connection is what the test asked for; `close` follows and takes the other side along.
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
        this.#forgotten.delete(pair);
      });
      if (this.#mode === 'stall') from.pause();
    }
  }
}

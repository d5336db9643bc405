import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface AskedOfProxy {
  /** `host:port` of CONNECT. */
  readonly target: string;
  readonly authorization: string | undefined;
}

/** What the proxy does when it is asked: lets through, answers a status (with one header line), hangs up, or says nothing. */
export type ProxyAnswer = 'through' | number | readonly [status: number, header: string] | 'hang up' | 'silent';

/** An HTTP proxy that knows CONNECT and nothing else, and does as it is told. */
export class ConnectProxy implements AsyncDisposable {
  readonly asked: AskedOfProxy[] = [];
  answer: ProxyAnswer = 'through';
  /** By the host of the target, instead of `answer`. */
  readonly answersFor = new Map<string, ProxyAnswer>();
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#keep(socket));
    server.on('connect', (request, socket) => this.#asked(request, socket as Socket));
  }

  static async listen(): Promise<ConnectProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ConnectProxy(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #asked({ url = '', headers }: IncomingMessage, client: Socket): void {
    this.asked.push({ target: url, authorization: headers['proxy-authorization'] });
    const answer = this.answersFor.get(new URL(`http://${url}`).hostname) ?? this.answer;
    if (answer === 'silent') return;
    if (answer === 'hang up') client.destroy();
    else if (answer === 'through') this.#letThrough(url, client);
    else {
      const [status, header] = typeof answer === 'number' ? [answer, 'x-none: '] : answer;
      client.end(`HTTP/1.1 ${status} No\r\n${header}\r\ncontent-length: 0\r\n\r\n`);
    }
  }

  #letThrough(target: string, client: Socket): void {
    const { hostname, port } = new URL(`http://${target}`);
    const upstream = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream);
      upstream.pipe(client);
    });
    this.#keep(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Whoever cut it is under test.
    socket.on('error', () => undefined);
  }
}

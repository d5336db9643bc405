import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { certificates } from './certificates.js';

/** A request as its bytes came, Latin-1. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  readonly path: string;
  /** What the client named when it shook hands; undefined: nothing. */
  readonly servername: string | undefined;
  readonly wasSessionResumed: boolean;
  readonly socket: TLSSocket;
}

/** The bytes of an answer; undefined: none, or written by the function itself. */
export type RawAnswer = (request: RawRequest) => string | Buffer | undefined;

/**
 * A TLS server that reads requests byte by byte and answers with any bytes: no HTTP library corrects either side. What follows a request's
 * body is the next request, whatever it looks like.
 */
export class RawReceiver implements AsyncDisposable {
  readonly requests: RawRequest[] = [];
  connectionCount = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly answer: RawAnswer,
  ) {
    server.on('connection', (socket: Socket) => {
      this.connectionCount++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('secureConnection', (socket) => this.#read(socket));
    server.on('tlsClientError', () => {});
  }

  static async listen(answer: RawAnswer, options: TlsOptions = {}): Promise<RawReceiver> {
    const { key, cert } = (await certificates()).server;
    const receiver = new RawReceiver(createServer({ key, cert, ...options }), answer);
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://localhost:${this.port}/`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #read(socket: TLSSocket): void {
    let received = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      for (let request = requestIn(received); request !== undefined; request = requestIn(received)) {
        received = received.slice(request.length);
        const { servername } = socket as { servername?: string | false };
        const whole: RawRequest = {
          ...request,
          servername: typeof servername === 'string' ? servername : undefined,
          wasSessionResumed: socket.isSessionReused(),
          socket,
        };
        this.requests.push(whole);
        const bytes = this.answer(whole);
        if (bytes !== undefined && socket.writable) socket.write(bytes);
      }
    });
  }
}

/** Undefined while there is more to come. */
function requestIn(received: string): { head: string; body: string; path: string; length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  const bodyLength = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + bodyLength;
  if (received.length < length) return undefined;
  return { head, body: received.slice(headEnd + 4, length), path: head.split(' ')[1] ?? '', length };
}

import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { ok, type Answer } from './answers.js';
import { certificates, type Certificates } from './certificates.js';
import { signatureFaults } from './signature-check.js';

export * from './answers.js';

export interface ReceiverOptions {
  /** Which certificate it shows. Default: a good one for `localhost`. */
  readonly certificate?: 'server' | 'wrongName' | 'expired' | 'selfSigned';
  /** Newest TLS version it speaks. */
  readonly maxTlsVersion?: SecureVersion;
  /** What it does with new connections, one step each, the last repeated. Default: `serve`. */
  readonly connections?: readonly ConnectionStep[];
  /** Secrets in hex, by which it checks every delivery to any path. */
  readonly secrets?: readonly string[];
  /** Closes idle connections after this time, and says so in its `keep-alive` header. Default 1 min: longer than any test looks for the other side to close them. */
  readonly keepAliveTimeoutMs?: number;
  /** Default: any free one. */
  readonly port?: number;
}

/** `close`: at once; `silence`: takes the connection and never shakes hands. */
export type ConnectionStep = 'serve' | 'close' | 'silence';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** When it had been read to its end. */
  readonly receivedAtMs: number;
  /** Requests with the same number came over the same connection. */
  readonly connection: number;
}

export interface BadSignature {
  readonly request: ReceivedRequest;
  readonly faults: readonly string[];
}

/**
 * A receiver on a free loopback port that follows a script: one step per request, the last one repeated, `ok()` where there is none. A
 * path can have a script and secrets of its own. Everything that arrives is kept and, where secrets are known, checked.
 *
 *     await using receiver = await Receiver.listen([status(500), hang(), ok()]);
 */
export class Receiver implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly badSignatures: BadSignature[] = [];
  /** TCP connections taken so far. */
  connectionCount = 0;
  readonly #sockets = new Set<Socket>();
  readonly #answered = new WeakMap<ReceivedRequest, number>();
  readonly #connectionNumbers = new WeakMap<Socket, number>();
  readonly #scripts = new Map<string, Answer[]>();
  readonly #secrets = new Map<string, readonly string[]>();
  readonly #connectionSteps: ConnectionStep[];

  private constructor(
    private readonly tcp: Server,
    private readonly https: HttpsServer,
    private readonly trust: Certificates,
    private readonly script: Answer[],
    private readonly options: ReceiverOptions,
  ) {
    this.#connectionSteps = [...(options.connections ?? [])];
    tcp.on('connection', (socket) => this.#accept(socket));
    https.on('secureConnection', (socket) => this.#connectionNumbers.set(socket, ++this.#handshakes));
    https.on('request', (request, response) => void this.#take(request, response));
  }

  #handshakes = 0;

  static async listen(script: readonly Answer[] = [], options: ReceiverOptions = {}): Promise<Receiver> {
    const trust = await certificates();
    const { key, cert } = trust[options.certificate ?? 'server'];
    const https = createHttpsServer({
      key,
      cert,
      // Old versions are there to be refused by the other side.
      ...(options.maxTlsVersion !== undefined && {
        minVersion: 'TLSv1' as const,
        maxVersion: options.maxTlsVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 60_000,
    });
    // A receiver that speaks no HTTP must not be corrected by the server it is built on.
    https.on('clientError', () => {});
    https.on('tlsClientError', () => {});
    const receiver = new Receiver(createTcpServer(), https, trust, [...script], options);
    receiver.tcp.listen(options.port ?? 0, '127.0.0.1');
    await once(receiver.tcp, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.tcp.address() as AddressInfo).port;
  }

  /** Its root; other paths work as well. */
  get url(): string {
    return `https://localhost:${this.port}/`;
  }

  /** The authority that vouches for it, PEM. */
  get caFile(): string {
    return this.trust.caFile;
  }

  /** Handshakes completed so far. */
  get handshakeCount(): number {
    return this.#handshakes;
  }

  /** Connections open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Gives a path a script of its own, from the next request on. */
  answer(path: string, script: readonly Answer[]): void {
    this.#scripts.set(path, [...script]);
  }

  /** Secrets in hex for one path, from the next request on. */
  expectSignatures(path: string, secrets: readonly string[]): void {
    this.#secrets.set(path, secrets);
  }

  /** The PRNs of the events that arrived, in order, repeated ones included. */
  prns(path?: string): string[] {
    const requests = path === undefined ? this.requests : this.requests.filter((request) => request.path === path);
    return requests.map((request) => (JSON.parse(request.body.toString('utf8')) as { prn: string }).prn);
  }

  /** The requests to a path that were answered with a status, in the order in which they arrived. */
  answered(path: string, code: number): ReceivedRequest[] {
    return this.requests.filter((request) => request.path === path && this.#answered.get(request) === code);
  }

  /** Ends every connection, also those that someone waits on. It goes on listening. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    if (!this.tcp.listening) return;
    this.tcp.close();
    await once(this.tcp, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(socket: Socket): void {
    this.connectionCount++;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    switch (nextStep(this.#connectionSteps) ?? 'serve') {
      case 'serve':
        this.https.emit('connection', socket);
        return;
      case 'close':
        socket.destroy();
        return;
      case 'silence':
        socket.resume();
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket;
    const body = await wholeBody(request);
    if (body === undefined) return;
    const path = request.url ?? '/';
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body,
      receivedAtMs: Date.now(),
      connection: this.#connectionNumbers.get(socket) ?? 0,
    };
    this.requests.push(received);
    const secrets = this.#secrets.get(path) ?? this.options.secrets;
    if (secrets !== undefined) {
      const faults = signatureFaults(request.headers, body, secrets);
      if (faults.length > 0) this.badSignatures.push({ request: received, faults });
    }
    response.on('error', () => {});
    response.on('finish', () => this.#answered.set(received, response.statusCode));
    const answer = nextStep(this.#scripts.get(path) ?? this.script) ?? ok();
    answer({ request, response, socket });
  }
}

/** Takes the first step, but leaves the last. */
function nextStep<T>(script: T[]): T | undefined {
  return script.length > 1 ? script.shift() : script[0];
}

/** Undefined when the sender broke off. */
async function wholeBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request) pieces.push(piece as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces);
}

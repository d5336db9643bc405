import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificates } from './certificates.js';

/** What went through, and what the server behind answered. */
export interface PassedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** Ends TLS before a plain HTTP server on this machine, as receivers have it in production. 502 while nothing listens there. */
export class TlsTerminator implements AsyncDisposable {
  readonly passed: PassedRequest[] = [];
  readonly #agent = new Agent({ keepAlive: false });

  /** Of the server behind. */
  port = 0;

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<TlsTerminator> {
    const { key, cert } = (await certificates()).server;
    const server = createServer({ key, cert });
    const terminator = new TlsTerminator(server);
    server.on('request', (incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = httpRequest({
        host: '127.0.0.1',
        port: terminator.port,
        method,
        path,
        headers,
        agent: terminator.#agent,
      });
      onward.on('response', (answer) => {
        terminator.passed.push({ headers, status: answer.statusCode ?? 0 });
        outgoing.writeHead(answer.statusCode ?? 502);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(onward);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return terminator;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }
}

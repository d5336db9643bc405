import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StubRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

/** An Admin API that has one answer for everything: for states that a real one is hard to bring into. */
export class StubApi implements AsyncDisposable {
  private constructor(
    private readonly server: Server,
    readonly url: string,
    /** In the order in which they came. */
    readonly requests: readonly StubRequest[],
  ) {}

  static async answering(status: number, body: unknown, headers: Record<string, string> = {}): Promise<StubApi> {
    const requests: StubRequest[] = [];
    const server = createServer((request, response) => {
      void text(request).then((received) => {
        requests.push({ method: request.method, url: request.url, body: received });
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StubApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

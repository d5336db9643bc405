import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { askService } from './ask-service.js';

/** Of those that browsers block; any that is free will do. */
const BLOCKED = [4190, 6566, 6665, 6667, 6679, 6697, 10_080];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ok: Answer = (_, response) => void response.end('well');

class Service implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async on(port: number, answer: Answer): Promise<Service> {
    const server = createServer(answer).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Service(server);
  }

  static async onBlockedPort(answer: Answer): Promise<Service> {
    for (const port of BLOCKED) {
      const service = await Service.on(port, answer).catch(() => undefined);
      if (service !== undefined) return service;
    }
    throw new Error('none of the blocked ports is free');
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/path?query`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe('askService', () => {
  it('asks on ports that fetch refuses', async () => {
    await using service = await Service.onBlockedPort(ok);
    await expect(fetch(service.url)).rejects.toThrow(expect.objectContaining({ cause: new Error('bad port') }));
    await expect(askService(service.url, { timeoutMs: 5_000 })).resolves.toEqual({ status: 200, text: 'well' });
  });

  it('sends what it is given, and returns every status', async () => {
    await using service = await Service.on(0, (request, response) => {
      const { method, url, headers } = request;
      void text(request).then((body) =>
        response.writeHead(503).end(`${method} ${url} ${headers.authorization} ${headers['content-length']} ${body}`),
      );
    });
    const question = { method: 'POST', headers: { authorization: 'Token k' }, body: '{"ä":1}', timeoutMs: 5_000 };
    const said = 'POST /path?query Token k 8 {"ä":1}';
    await expect(askService(service.url, question)).resolves.toEqual({ status: 503, text: said });
  });

  it.each<[string, Answer]>([
    ['before an answer', () => undefined],
    ['within an answer', (_, response) => void response.write('we')],
  ])('waits so long and no longer %s', async (_, answer) => {
    await using service = await Service.on(0, answer);
    await expect(askService(service.url, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each<[string, Answer]>([
    ['before an answer', (request) => void request.destroy()],
    ['within an answer', (_, response) => void response.write('we', () => response.destroy())],
  ])('says when the connection breaks %s', async (_, answer) => {
    await using service = await Service.on(0, answer);
    await expect(askService(service.url, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import type { ApiWorld } from './api-world.js';

export interface StreamedEvent {
  readonly name: string;
  readonly data: unknown;
}

/** A client of Server-Sent Events, as a browser is one: it reads on until the server ends. */
export class StreamClient implements Disposable {
  readonly events: StreamedEvent[] = [];
  comments = 0;
  hasEnded = false;
  #text = '';

  private constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    private readonly request: ClientRequest,
  ) {}

  /** @param headers that say who calls */
  static open(world: ApiWorld, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<StreamClient> {
    const { port } = world.app.getHttpServer().address() as { port: number };
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port, method, path: '/pipeline/stream', headers, agent: false },
        (response) => {
          const client = new StreamClient(response.statusCode ?? 0, response.headers, request);
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => client.#read(chunk));
          response.on('end', () => (client.hasEnded = true));
          response.on('error', () => (client.hasEnded = true));
          resolve(client);
        },
      );
      request.on('error', reject);
      request.end();
    });
  }

  named(name: string): StreamedEvent[] {
    return this.events.filter((event) => event.name === name);
  }

  [Symbol.dispose](): void {
    this.request.destroy();
  }

  /** HTML Standard §9.2.6: lines, a blank one after each event. */
  #read(chunk: string): void {
    const frames = `${this.#text}${chunk}`.split('\n\n');
    this.#text = frames.pop() ?? '';
    for (const frame of frames) {
      const lines = frame.split('\n');
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const name = field('event');
      if (lines[0]?.startsWith(':') === true) this.comments++;
      if (name !== undefined) this.events.push({ name, data: JSON.parse(field('data') ?? 'null') as unknown });
    }
  }
}

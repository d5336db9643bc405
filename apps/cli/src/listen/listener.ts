import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CliError } from '../running/cli-error.js';
import type { ReceivedRequest } from '../verify/received-request.js';

export interface Received extends ReceivedRequest {
  readonly method: string;
  readonly path: string;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly certificate: string;
  /** @returns the answer */
  readonly onRequest: (request: Received) => Promise<{ status: number; headers: Readonly<Record<string, string>> }>;
}

const MAX_BODY_BYTES = 1_048_576;

/** An HTTPS server that takes whole requests. */
export class Listener {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @throws CliError when the port is taken or the certificate is none */
  static async listen(options: ListenerOptions): Promise<Listener> {
    let server: Server;
    try {
      server = createServer({ key: options.key, cert: options.certificate });
    } catch (error) {
      throw new CliError('usage', `The certificate and its key cannot be used: ${String(error)}.`, { cause: error });
    }
    server.on('request', (request, response) => void take(request, response, options.onRequest));
    server.listen(options.port, options.host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw portError(error, options);
    }
    return new Listener(server, (server.address() as AddressInfo).port);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  onRequest: ListenerOptions['onRequest'],
): Promise<void> {
  try {
    const body = await bodyOf(request);
    const { status, headers } = await onRequest({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: headersOf(request),
      body,
    });
    response.writeHead(status, headers).end();
  } catch {
    // The sender went away, or sent too much: neither is worth an answer of its own.
    response.destroy();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function portError(error: unknown, { host, port }: ListenerOptions): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new CliError(
    'failed',
    code === 'EADDRINUSE' ? `Port ${port} is taken.` : `${host}:${port} cannot be listened on: ${code}.`,
    { hint: '--port 0 takes any free one.', cause: error },
  );
}

import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly json: unknown;
}

/**
 * A request byte by byte as a client was seen to send it: nothing is added, completed or escaped. The reply must say its length, be a 204,
 * or end with the connection.
 */
export async function sendRaw(port: number, lines: readonly string[], body = ''): Promise<RawReply> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const reply = replyOf(received);
      if (reply !== undefined) return reply;
    }
    throw new Error(`the connection ended within a reply: ${received.toString('utf8')}`);
  } finally {
    socket.destroy();
  }
}

/** Undefined while there is more to come. */
function replyOf(received: Buffer): RawReply | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...headerLines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(
    headerLines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(statusLine.split(' ')[1]);
  const length = status === 204 ? 0 : Number(headers.get('content-length'));
  const content = received.subarray(headEnd + 4);
  if (!Number.isInteger(length)) throw new Error(`a reply without a length: ${statusLine}`);
  if (content.length < length) return undefined;
  const text = content.toString('utf8', 0, length);
  return { status, headers, text, json: text === '' ? undefined : JSON.parse(text) };
}

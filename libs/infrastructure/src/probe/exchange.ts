import { connect } from 'node:net';

/**
 * Sends one request over a new connection and reads until `complete` has found the reply in what came.
 * @throws when the connection fails or ends, or the time is over
 */
export function exchange(
  host: string,
  port: number,
  request: Uint8Array,
  timeoutMs: number,
  complete: (received: Buffer) => Buffer | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const socket = connect({ host, port }, () => socket.write(request));
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`${host}:${port} did not answer within ${timeoutMs} ms`)));
    socket.on('error', fail);
    socket.on('end', () => fail(new Error(`${host}:${port} closed the connection`)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const reply = complete(received);
      if (reply === undefined) return;
      socket.destroy();
      resolve(reply);
    });
  });
}

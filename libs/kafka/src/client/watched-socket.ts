import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 10_000;

/**
 * Sockets that end when a broker has vanished without a word (no FIN): a time-out of a request leaves the socket alone, so that every later
 * request would time out too, until TCP gives up after a quarter of an hour. Keep-alive does not see it while something unacknowledged is on
 * the way, and the socket's own time-out starts again with every write.
 *
 * @param silenceMs a socket on which something was asked ends after so long without a byte; longer than any answer may take
 */
export function watchedSocketFactory(silenceMs: number): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    // The types promise TLS options, but plain text has none.
    const options = ssl as typeof ssl | null | undefined;
    const socket =
      options === null || options === undefined
        ? connect({ host, port }, onConnect)
        : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...options }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    watchSilence(socket, silenceMs);
    return socket;
  };
}

function watchSilence(socket: Socket, silenceMs: number): void {
  let deadline: NodeJS.Timeout | undefined;
  const disarm = (): void => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  socket.write = (...parameters: unknown[]): boolean => {
    deadline ??= setTimeout(() => {
      socket.destroy(new Error(`the broker has not answered for ${silenceMs} ms`));
    }, silenceMs).unref();
    return write(...parameters);
  };
  socket.on('data', disarm);
  socket.on('close', disarm);
}

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 10_000;

export interface SilenceLimits {
  /** Longer than any other answer may take. */
  readonly answerMs: number;
  /** Longer than the answer to a join: the broker waits with it for the other members. */
  readonly joinMs: number;
}

const JOIN_GROUP = 11;
const SYNC_GROUP = 14;
/** A request begins with its size INT32, then its api_key INT16. */
const API_KEY_AT = 4;

/**
 * Sockets that end when a broker has vanished without a word (no FIN): a time-out of a request leaves the socket alone, so that every later
 * request would time out too, until TCP gives up after a quarter of an hour. Keep-alive does not see it while something unacknowledged is on
 * the way, and the socket's own time-out starts again with every write.
 *
 * A socket on which something was asked ends after so long without a byte.
 */
export function watchedSocketFactory(silence: SilenceLimits): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    // The types promise TLS options, but plain text has none.
    const options = ssl as typeof ssl | null | undefined;
    const socket =
      options === null || options === undefined
        ? connect({ host, port }, onConnect)
        : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...options }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    watchSilence(socket, silence);
    return socket;
  };
}

function watchSilence(socket: Socket, { answerMs, joinMs }: SilenceLimits): void {
  let deadline: NodeJS.Timeout | undefined;
  const disarm = (): void => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const arm = (limitMs: number): NodeJS.Timeout =>
    setTimeout(() => socket.destroy(new Error(`the broker has not answered for ${limitMs} ms`)), limitMs).unref();
  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  socket.write = (...parameters: unknown[]): boolean => {
    deadline ??= arm(mayWaitForOthers(parameters[0]) ? joinMs : answerMs);
    return write(...parameters);
  };
  socket.on('data', disarm);
  socket.on('close', disarm);
}

/** The client writes each request at once. */
function mayWaitForOthers(written: unknown): boolean {
  if (!Buffer.isBuffer(written) || written.length < API_KEY_AT + 2) return false;
  const apiKey = written.readInt16BE(API_KEY_AT);
  return apiKey === JOIN_GROUP || apiKey === SYNC_GROUP;
}

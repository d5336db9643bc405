// Asks PostgreSQL whether it takes connections: the first message of its protocol, which needs no password.
import { exchange } from './exchange.js';

const PROTOCOL_3 = 196_608;
const AUTHENTICATION_REQUEST = 'R'.charCodeAt(0);

/** Ready: it asks for a password, where a server that is still starting answers with an error. */
export async function isPostgresReady(
  host: string,
  port: number,
  user: string,
  database: string,
  timeoutMs = 2_000,
): Promise<boolean> {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(PROTOCOL_3, 4);
  try {
    const reply = await exchange(host, port, Buffer.concat([head, parameters]), timeoutMs, (received) =>
      received.length > 0 ? received : undefined,
    );
    return reply[0] === AUTHENTICATION_REQUEST;
  } catch {
    return false;
  }
}

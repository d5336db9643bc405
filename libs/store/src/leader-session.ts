import { Socket } from 'node:net';
import { Client } from 'pg';
import { LOCK_SPACE, type LOCKS } from './advisory-locks.js';
import { storeErrorOf } from './store-error.js';

export interface LeaderSessionOptions {
  readonly databaseUrl: string;
  readonly lock: (typeof LOCKS)[keyof typeof LOCKS];
  /** LISTENed on in the same session. */
  readonly channel: string;
  /** A notification came; it says nothing but "look". */
  readonly onWake: () => void;
  /** The lead that was returned is over: stop at once. Of a try that failed the refusal tells. */
  readonly onEnd: () => void;
}

const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 3_000;
/** So often a leader shows that it is there, whatever else it is busy with. */
const BEAT_MS = 5_000;
/**
 * PostgreSQL ends a session that shows nothing for so long, and the lock with it. When a machine or the network forgets a connection, it hears
 * no end: by TCP's own keep-alive nobody could lead for two hours.
 */
const SILENCE_MS = 20_000;
/** A connection that was forgotten acknowledges no goodbye. */
const GOODBYE_MS = 2_000;

/**
 * The lead over something, held as an advisory lock by a connection of its own: never one of a pool, where the lock would stay with
 * whoever gets the connection next. It lasts as long as the connection.
 */
export class LeaderSession {
  #ended = false;
  #wasReturned = false;
  #beat: NodeJS.Timeout | undefined;

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    private readonly onEnd: () => void,
  ) {}

  /** @returns undefined while another process leads @throws StoreError */
  static async tryToLead(options: LeaderSessionOptions): Promise<LeaderSession | undefined> {
    const socket = new Socket();
    const client = new Client({
      connectionString: options.databaseUrl,
      stream: () => socket,
      application_name: 'fleethook-leader',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    const session = new LeaderSession(client, socket, options.onEnd);
    client.on('error', () => session.#end());
    client.on('end', () => session.#end());
    client.on('notification', options.onWake);
    try {
      await client.connect();
      await client.query(`SET idle_session_timeout = ${SILENCE_MS}`);
      const answer = await client.query<{ led: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS led', [
        LOCK_SPACE,
        options.lock,
      ]);
      if (answer.rows[0]?.led === true) {
        await client.query(`LISTEN ${client.escapeIdentifier(options.channel)}`);
        if (session.#ended) throw new Error('Connection terminated');
        session.#beat = setInterval(() => void session.check(), BEAT_MS).unref();
        session.#wasReturned = true;
        return session;
      }
    } catch (error) {
      session.#end();
      throw storeErrorOf(error);
    }
    await session.close();
    return undefined;
  }

  get leads(): boolean {
    return !this.#ended;
  }

  /** A connection can be dead without saying so; this finds out within the query's time limit. */
  async check(): Promise<boolean> {
    if (this.#ended) return false;
    try {
      await this.client.query('SELECT 1');
    } catch {
      this.#end();
    }
    return this.leads;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#leave();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#wasReturned) this.onEnd();
    void this.#leave();
  }

  async #leave(): Promise<void> {
    clearInterval(this.#beat);
    const overdue = setTimeout(() => this.socket.destroy(), GOODBYE_MS);
    await this.client.end().catch(() => undefined);
    clearTimeout(overdue);
  }
}

import type { ApiWorld, Call, Reply } from './api-world.js';

/** A browser that is signed in: it sends the cookie by itself, and the console's script the header against forgery. */
export class ConsoleClient {
  private constructor(
    private readonly world: ApiWorld,
    readonly cookie: string,
  ) {}

  static async signIn(world: ApiWorld, key = world.key): Promise<ConsoleClient> {
    const reply = await world.call('POST', '/console/session', { key: undefined, body: { api_key: key } });
    if (reply.status !== 204) throw new Error(`not signed in: ${reply.text}`);
    return new ConsoleClient(world, cookieOf(reply));
  }

  call(method: string, path: string, { headers, ...call }: Call = {}): Promise<Reply> {
    return this.world.call(method, path, {
      ...call,
      key: undefined,
      headers: { cookie: this.cookie, 'x-fleethook-console': '1', ...headers },
    });
  }
}

/** As a browser sends it back: the name and the value. */
export function cookieOf({ headers }: Reply): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

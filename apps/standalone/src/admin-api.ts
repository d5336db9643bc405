import { setTimeout as pause } from 'node:timers/promises';
import { askService } from '@fleethook/service';
import { StandaloneError } from './standalone-error.js';

const REQUEST_TIMEOUT_MS = 20_000;
const TRIES = 10;
const PAUSE_MS = 500;

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

/** The Admin API as any client sees it. */
export class AdminApi {
  constructor(
    private readonly url: () => string,
    private readonly apiKey: string,
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<ApiReply> {
    const { status, text } = await askService(new URL(`${this.url()}${path}`), {
      method,
      headers: {
        authorization: `Token ${this.apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    return { status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  /** Whose key it is. @throws StandaloneError API_REFUSED */
  async organizationPrn(): Promise<string> {
    let reason = '';
    for (let tries = 0; tries < TRIES; tries++) {
      const reply = await this.call('GET', '/users/me').catch((error: unknown) => String(error));
      if (typeof reply !== 'string') {
        const prn = (reply.body as { data?: { organization_prn?: unknown } } | undefined)?.data?.organization_prn;
        if (reply.status === 200 && typeof prn === 'string') return prn;
        reason = `${reply.status} ${JSON.stringify(reply.body)}`;
        if (reply.status === 401 || reply.status === 403) break;
      } else reason = reply;
      await pause(PAUSE_MS);
    }
    throw new StandaloneError(
      'API_REFUSED',
      `The Admin API does not take the API key (${reason}): it was revoked or has expired, or the database knows another one. Set FLEETHOOK_API_KEY to one that it knows or to a new one, or DATABASE_URL to another database.`,
    );
  }
}

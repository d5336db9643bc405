import { Injectable } from '@nestjs/common';
import { ApiKeyQueries, ConsoleSessionQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';

/** Asks again, of a request that lasts, what was asked when it came. */
@Injectable()
export class CallerCheck {
  constructor(
    private readonly keys: ApiKeyQueries,
    private readonly sessions: ConsoleSessionQueries,
  ) {}

  /** Whether the session or the key still holds, and may read. @throws StoreError */
  async mayRead({ principal, consoleSession }: FastifyRequest): Promise<boolean> {
    const now = new Date();
    if (consoleSession !== undefined) {
      const session = await this.sessions.find(consoleSession.tokenHash, now);
      return session?.apiKey.scopes.includes('read') === true;
    }
    if (principal === undefined) return false;
    const key = await this.keys.find(principal.organization, principal.apiKey);
    return key?.scopes.includes('read') === true && (key.expiresAt === null || key.expiresAt > now);
  }
}

import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { timestampOf } from '@fleethook/events';
import { hashApiKey } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import { ApiKeyQueries, ConsoleSessionQueries } from '@fleethook/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { Refusal } from '../errors/problems.js';
import { Operation } from '../openapi/operation.decorator.js';
import { ConsoleSessionGuard } from './console-session.guard.js';
import { Session, type ShownSession } from './console-session.js';
import {
  endedSessionCookie,
  hashSessionToken,
  newSessionToken,
  sessionCookie,
  wantsSecureCookie,
} from './session-cookie.js';
import { OpenSession, SessionReply } from './session.schemas.js';

/** Where producers find the intake; null when the operator has not said. */
export const INTAKE_URL = Symbol('intake url');

const SESSION_MS = 12 * 3_600_000;

/** Signing in to the console with an API key, which the browser then need not keep. */
@Controller('console/session')
export class SessionsController {
  constructor(
    private readonly keys: ApiKeyQueries,
    private readonly sessions: ConsoleSessionQueries,
    @Inject(INTAKE_URL) private readonly intakeUrl: string | null,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @HttpCode(HttpStatus.NO_CONTENT)
  @Operation({
    summary: 'Sign in to the console',
    description:
      'Sets the cookie `fleethook_session`, which stands for the key for 12 hours, or until the key ends or is revoked. At most 30 tries a minute and address.',
    access: 'anyone',
    setsCookie: true,
  })
  async open(
    @Body(new ParsedPipe(OpenSession)) { api_key: given }: OpenSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const now = new Date();
    const key = await this.keys.findByHash(hashApiKey(given));
    const keyEndsMs = key?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const expiresAt = new Date(Math.min(now.getTime() + SESSION_MS, keyEndsMs));
    const token = newSessionToken();
    const isOpen =
      key !== undefined &&
      expiresAt > now &&
      (await this.sessions.open(hashSessionToken(token), key.prn, now, expiresAt));
    if (!isOpen) {
      this.log.warn({ event: 'console.sign_in_refused', request_id: request.id, address: request.ip });
      throw new Refusal(HttpStatus.UNAUTHORIZED, 'The API key is unknown, was revoked or has expired');
    }
    // The browser holds one at a time: what it came with is of no more use.
    if (request.consoleSession !== undefined) await this.sessions.close(request.consoleSession.tokenHash);
    this.log.info({ event: 'console.signed_in', request_id: request.id, api_key: key.prn });
    const maxAgeSeconds = Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000);
    void reply.header('set-cookie', sessionCookie(token, maxAgeSeconds, wantsSecureCookie(request)));
    void reply.header('cache-control', 'no-store');
  }

  @Get()
  @UseGuards(ConsoleSessionGuard)
  @Operation({ summary: 'Say who is signed in to the console', reply: SessionReply, access: 'session' })
  get(@Session() session: ShownSession, @Res({ passthrough: true }) reply: FastifyReply): z.infer<typeof SessionReply> {
    void reply.header('cache-control', 'no-store');
    const { organization, apiKey, expiresAt } = session;
    return {
      data: {
        organization: { prn: organization.prn, name: organization.name },
        api_key: { prn: apiKey.prn, name: apiKey.name, scopes: [...apiKey.scopes] },
        intake_url: this.intakeUrl,
        expires_at: timestampOf(expiresAt.getTime()),
      },
    };
  }

  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  @UseGuards(ConsoleSessionGuard)
  @Operation({ summary: 'Sign out of the console', access: 'session', setsCookie: true })
  async close(
    @Session() { tokenHash }: ShownSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.close(tokenHash);
    void reply.header('set-cookie', endedSessionCookie(wantsSecureCookie(request)));
  }
}

import {
  HttpStatus,
  Injectable,
  UseInterceptors,
  createParamDecorator,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { isDeeperThan } from '@fleethook/events';
import type { Transaction } from '@fleethook/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { InvalidFields, Refusal } from '../errors/problems.js';
import { KeptReplies, type HeldClaim } from './kept-replies.js';

/** Keeps the reply in the transaction of the change; does nothing for a request without an `Idempotency-Key`. */
export type KeepReply = (transaction: Transaction, reply: unknown) => Promise<void>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `IdempotencyInterceptor`. */
    keepReply?: KeepReply;
  }
}

const HEADER = 'idempotency-key';
const REPLAYED_HEADER = 'idempotent-replayed';
/** More than any route takes; and what is nested many thousand levels deep cannot be told apart by its text. */
const MAX_BODY_DEPTH = 128;
const VALUE = /^[\x21-\x7e]{1,255}$/;

/**
 * draft-ietf-httpapi-idempotency-key-header-07: the same key and the same request get the same reply for 24 hours, with
 * `idempotent-replayed: true`; the same key and another request 422; at the same time 409. Only success is kept: what was refused can be
 * put right and sent under the same key.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly replies: KeptReplies) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers[HEADER];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !VALUE.test(key))
      throw new Refusal(HttpStatus.BAD_REQUEST, 'Idempotency-Key must be 1 to 255 printable characters without blanks');
    const { method, url: path, body } = request;
    if (isDeeperThan(body, MAX_BODY_DEPTH))
      throw new InvalidFields({ body: [`must not be nested deeper than ${MAX_BODY_DEPTH} levels`] });
    const caller = request.principal?.apiKey ?? 'operator';
    const held = await this.replies.claim({ caller, key, method, path, body });
    if ('claim' in held) return of(await this.#answer(request, next, held.claim));
    void http.getResponse<FastifyReply>().header(REPLAYED_HEADER, 'true');
    return of(held.reply);
  }

  async #answer(request: FastifyRequest, next: CallHandler, claim: HeldClaim): Promise<unknown> {
    const kept = { already: false };
    request.keepReply = async (transaction, reply) => {
      await this.replies.keep(claim, reply, transaction);
      kept.already = true;
    };
    try {
      const reply: unknown = await lastValueFrom(next.handle());
      if (!kept.already) await this.replies.keep(claim, reply);
      return reply;
    } catch (error) {
      await this.replies.release(claim);
      throw error;
    }
  }
}

/**
 * On a route that makes something. Have its handler take `@KeepsReply() keep`, and call it with the reply in the transaction of the
 * change (`alongside` of the queries): then a crash can neither lose the reply nor make the thing twice. A handler that does not is
 * safe against repeats, but not against a crash between its change and its reply.
 */
export const Idempotent = (): MethodDecorator => UseInterceptors(IdempotencyInterceptor);

const keepNothing: KeepReply = () => Promise.resolve();

export const KeepsReply = createParamDecorator(
  (_data: unknown, context: ExecutionContext): KeepReply =>
    context.switchToHttp().getRequest<FastifyRequest>().keepReply ?? keepNothing,
);

import { createHash } from 'node:crypto';
import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import { SecretSealer } from '@fleethook/messages';
import { LOG, METRICS, startAtZero, type Log, type Metrics } from '@fleethook/observability';
import { IdempotencyQueries, replyOwner, type IdempotencyKey, type Transaction } from '@fleethook/store';
import { InvalidFields, Refusal } from '../errors/problems.js';

const BUSY_RETRY_AFTER_SECONDS = 1;
const FULL_RETRY_AFTER_SECONDS = 3_600;
const RESULTS = ['first', 'replayed', 'under_way', 'other_request', 'too_many'] as const;

/** What a request is known by: the same name with anything else in it is another request, and a client's mistake. */
export interface NamedRequest extends IdempotencyKey {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The right to answer a request: taken by one of those that bear its name at the same time. */
export interface HeldClaim extends IdempotencyKey {
  readonly claim: string;
}

/**
 * Replies under the names that clients gave to their requests, sealed: some show a secret. A reply is kept in the transaction of the
 * change, so that a client that never got it can ask again and nothing is made twice, whenever a process dies.
 */
@Injectable()
export class KeptReplies {
  constructor(
    private readonly queries: IdempotencyQueries,
    private readonly sealer: SecretSealer,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(metrics.apiIdempotency, 'result', RESULTS);
  }

  /** @returns the right to answer, or the reply that was given already @throws Refusal 409, 429, InvalidFields */
  async claim(request: NamedRequest): Promise<{ claim: HeldClaim } | { reply: unknown }> {
    const { caller, key } = request;
    const fingerprint = fingerprintOf(request);
    const result = await this.queries.claim({ caller, key }, fingerprint);
    if ('fingerprint' in result && result.fingerprint !== undefined && result.fingerprint !== fingerprint) {
      this.#count('other_request');
      throw new InvalidFields({
        'idempotency-key': ['was used for another request; a new request needs a new one'],
      });
    }
    switch (result.kind) {
      case 'claimed':
        this.#count('first');
        return { claim: { caller, key, claim: result.claim } };
      case 'answered':
        this.#count('replayed');
        return { reply: JSON.parse(this.sealer.open(result.sealedReply, replyOwner(caller, key)).toString('utf8')) };
      case 'under_way':
        this.#count('under_way');
        throw new Refusal(
          HttpStatus.CONFLICT,
          'A request with this Idempotency-Key is under way; try again',
          BUSY_RETRY_AFTER_SECONDS,
        );
      case 'too_many':
        this.#count('too_many');
        throw new Refusal(
          HttpStatus.TOO_MANY_REQUESTS,
          'Too many Idempotency-Keys in 24 hours; requests without one are taken',
          FULL_RETRY_AFTER_SECONDS,
        );
    }
  }

  /** @param transaction of the change that the reply tells of @throws Refusal 409 when the claim was lost: nothing may be changed */
  async keep({ caller, key, claim }: HeldClaim, reply: unknown, transaction?: Transaction): Promise<void> {
    const sealed = this.sealer.seal(Buffer.from(JSON.stringify(reply ?? null)), replyOwner(caller, key));
    if (await this.queries.keep({ caller, key }, claim, sealed, transaction)) return;
    throw new Refusal(HttpStatus.CONFLICT, 'The request took too long, and was made again meanwhile');
  }

  /** Nothing was changed: the name can be used again. If that fails, too, the claim runs out by itself. */
  async release({ claim, ...name }: HeldClaim): Promise<void> {
    try {
      await this.queries.release(name, claim);
    } catch (error) {
      this.log.warn({ event: 'api.idempotency_key_held', error }, 'An Idempotency-Key stays taken for a while');
    }
  }

  #count(result: (typeof RESULTS)[number]): void {
    this.metrics.apiIdempotency.inc({ result });
  }
}

function fingerprintOf({ method, path, body }: NamedRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, path, body ?? null]))
    .digest('hex');
}

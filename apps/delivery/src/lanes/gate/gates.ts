import { Inject, Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import type { BreakerMessage } from '@fleethook/messages';
import { LOG, type Log } from '@fleethook/observability';
import type { Outcome } from '@fleethook/retry';
import { Clock } from '../../clock.js';
import type { Webhook } from '../../webhook.js';
import { BreakerReports } from './breaker-reports.js';
import { CircuitBreaker, type BreakerWatch } from './circuit-breaker.js';
import { LaneGates, RUN, UNTIL_ENDED, type GateDecision, type LaneGate, type LaneQueue } from '../lane-gate.js';
import { RateLimit } from './rate-limit.js';
import { RateLine } from './rate-line.js';

/** A breaker and, where the webhook has one, a rate limit before each lane. */
@Injectable()
export class GuardedGates extends LaneGates {
  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly reports: BreakerReports,
    private readonly clock: Clock,
  ) {
    super();
  }

  create(key: string): LaneGate {
    return new GuardedGate(new ToldBreaker(key, this.log, this.reports, this.clock));
  }
}

class GuardedGate implements LaneGate {
  readonly #breaker: CircuitBreaker;
  #rate: RateLimit | undefined;
  #line: RateLine | undefined;
  #url: string | undefined;
  #verifiedVersion = 0;

  constructor(watch: BreakerWatch) {
    this.#breaker = new CircuitBreaker(watch);
  }

  configure({ url, verifiedVersion, ratePerSecond, lanes }: Webhook): void {
    const isAnother = this.#url !== url || this.#verifiedVersion !== verifiedVersion;
    if (this.#url !== undefined && isAnother) this.#breaker.reset();
    this.#url = url;
    this.#verifiedVersion = verifiedVersion;
    if (ratePerSecond === undefined) {
      this.#rate = undefined;
      this.#line = undefined;
      return;
    }
    // Other lanes may belong to other processes: each has its part.
    const perSecond = ratePerSecond / lanes;
    if (this.#rate === undefined) this.#rate = new RateLimit(perSecond);
    else this.#rate.resize(perSecond);
    this.#line ??= new RateLine();
  }

  admit(nowMs: number): GateDecision {
    const openForMs = this.#breaker.waitMs(nowMs);
    if (openForMs === Infinity) return UNTIL_ENDED;
    if (openForMs > 0) return { kind: 'defer', reason: 'breaker_open', waitMs: openForMs };
    const tokenInMs = this.#start(nowMs);
    return tokenInMs === 0 ? RUN : { kind: 'wait', waitMs: tokenInMs };
  }

  /** The breaker may be passed by, the rate may not: it is the receiver's word. */
  forced(nowMs: number): number {
    return this.#start(nowMs);
  }

  /** @returns 0: an attempt has begun; else how long until there is a token for it, milliseconds */
  #start(nowMs: number): number {
    const tokenInMs = this.#rate === undefined ? 0 : this.#rate.take(nowMs);
    if (tokenInMs === 0) this.#breaker.started(nowMs);
    return tokenInMs;
  }

  get era(): number {
    return this.#breaker.era;
  }

  ended(outcome: Outcome | undefined, era: number, nowMs: number): void {
    this.#breaker.ended(outcome, era, nowMs);
  }

  awayMs(queue: LaneQueue, isAgain: boolean, hasBooked: boolean, nowMs: number): number {
    if (this.#rate === undefined || this.#line === undefined) return 0;
    return this.#line.awayMs(queue, isAgain, hasBooked, this.#rate.eachMs, nowMs);
  }

  bookMs(queue: LaneQueue, isAgain: boolean, eachMs: number, nowMs: number): number {
    if (this.#rate === undefined || this.#line === undefined || this.#rate.eachMs < eachMs) return 0;
    return this.#line.bookMs(queue, isAgain, this.#rate.eachMs, nowMs);
  }

  get mostWaiting(): number {
    return this.#rate === undefined ? Infinity : RateLine.mostWaiting(this.#rate.eachMs);
  }

  get isBreakerOpen(): boolean {
    return this.#breaker.isOpen;
  }

  isForgettable(nowMs: number): boolean {
    const isRateAsNew = this.#rate?.isFull(nowMs) !== false && this.#line?.isOver(nowMs) !== false;
    return isRateAsNew && this.#breaker.isForgettable(nowMs);
  }
}

/** Opening and closing are rare: a line each, which is where a webhook is named, never in a metric, and a record for the control plane. */
class ToldBreaker implements BreakerWatch {
  readonly #webhook: string;
  readonly #lane: number | undefined;

  constructor(
    laneKey: string,
    private readonly log: Log,
    private readonly reports: BreakerReports,
    private readonly clock: Clock,
  ) {
    const [webhook = laneKey, lane] = laneKey.split('#');
    this.#webhook = webhook;
    this.#lane = lane === undefined ? undefined : Number(lane);
  }

  opened(failures: number, results: number, openMs: number): void {
    this.log.warn(
      {
        event: 'webhook.breaker_opened',
        webhook: this.#webhook,
        lane: this.#lane,
        failures,
        results,
        open_ms: openMs,
      },
      'its endpoint fails: deliveries are put off without an attempt',
    );
    this.#report('open', openMs);
  }

  closed(openForMs: number): void {
    this.log.info({
      event: 'webhook.breaker_closed',
      webhook: this.#webhook,
      lane: this.#lane,
      open_for_ms: openForMs,
    });
    this.#report('closed');
  }

  forgotten(): void {
    this.#report('closed');
  }

  #report(state: BreakerMessage['state'], openMs?: number): void {
    const atMs = this.clock.now();
    this.reports.report({
      v: 1,
      webhook: this.#webhook as Prn<'webhook'>,
      lane: this.#lane ?? 0,
      state,
      atMs,
      openUntilMs: openMs === undefined ? undefined : atMs + openMs,
    });
  }
}

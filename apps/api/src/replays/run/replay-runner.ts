import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LOG, METRICS, startAtZero, type Log, type Metrics } from '@fleethook/observability';
import { LeaderSession, LOCKS, REPLAY_CHANNEL, ReplayRunQueries, type GoingReplay } from '@fleethook/store';
import { WakeUp } from '../../outbox/wake-up.js';
import { isBehind } from './bookmark-order.js';
import { KnownEnablings } from './known-enablings.js';
import { ReplayRuns } from './replay-runs.js';
import { Turns, type Holder, type TurnLimits } from './turns.js';

export abstract class ReplayRunnerOptions implements TurnLimits {
  abstract readonly databaseUrl: string;
  abstract readonly pollIntervalMs: number;
  abstract readonly maxRunning: number;
  abstract readonly maxRunningPerOrganization: number;
  abstract readonly turnMs: number;
}

/** A run that waits for Kafka can last longer than a stopping process may: it goes on from what was saved. */
const STOP_TIMEOUT_MS = 5_000;
/** A run that failed goes on from what was saved, but not at once. */
const FAILED_RETRY_MS = 5_000;

interface Running extends Holder {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Runs replays, in one process at a time: those that should be under way and have their turn. */
@Injectable()
export class ReplayRunner implements BeforeApplicationShutdown {
  readonly #wakeUp = new WakeUp();
  readonly #running = new Map<string, Running>();
  readonly #notBeforeMs = new Map<string, number>();
  readonly #turns: Turns;
  #loop: Promise<void> | undefined;
  #isStopping = false;

  constructor(
    private readonly queries: ReplayRunQueries,
    private readonly runs: ReplayRuns,
    private readonly enablings: KnownEnablings,
    private readonly options: ReplayRunnerOptions,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.#turns = new Turns(options);
    startAtZero(metrics.replayRecords, 'result', ['scanned', 'sent', 'skipped']);
    this.#showNothing();
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    this.#wakeUp.call();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    });
    await Promise.race([this.#loop, deadline]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (this.#isOn()) {
      let session: LeaderSession | undefined;
      try {
        session = await LeaderSession.tryToLead({
          databaseUrl: this.options.databaseUrl,
          lock: LOCKS.replays,
          channel: REPLAY_CHANNEL,
          onWake: () => this.#wakeUp.call(),
          onEnd: () => this.#wakeUp.call(),
        });
        if (session !== undefined) await this.#lead(session);
      } catch (error) {
        this.log.warn({ event: 'replays.waiting', error }, 'Replays wait: PostgreSQL is away');
      } finally {
        await this.#stopAll();
        await session?.close();
      }
      if (this.#isOn()) await this.#wakeUp.sleep(this.options.pollIntervalMs);
    }
  }

  #isOn(): boolean {
    return !this.#isStopping;
  }

  async #lead(session: LeaderSession): Promise<void> {
    this.log.info({ event: 'replays.leading' }, 'This process runs the replays');
    // A name of its own for each lead: what an earlier lead of ours still writes is not taken for this one's.
    const runner = randomUUID();
    while (session.leads && this.#isOn()) {
      await this.enablings.endWindows();
      this.#schedule(await this.queries.going(runner), runner);
      await this.#wakeUp.sleep(this.options.pollIntervalMs);
      await session.check();
    }
  }

  #schedule(going: readonly GoingReplay[], runner: string): void {
    const wanted = new Set<string>(going.map(({ prn }) => prn));
    for (const [prn, { stop }] of this.#running) if (!wanted.has(prn)) stop.abort();
    const waiting = this.#turns.inOrder(going).filter((replay) => {
      if (this.#running.has(replay.prn)) return false;
      const isNext = this.#isReady(replay, going) && this.#turns.hasRoom(replay, this.#holders);
      if (isNext) this.#begin(replay, runner);
      return !isNext;
    });
    this.#makeRoom(waiting.filter((replay) => this.#isReady(replay, going)));
    this.metrics.replaysRunning.set(this.#running.size);
    this.metrics.replaysWaiting.set(waiting.length);
    this.metrics.replayRemaining.set(this.runs.remaining);
    this.metrics.replayScope.set(this.runs.scope);
  }

  #isReady(replay: GoingReplay, going: readonly GoingReplay[]): boolean {
    if (performance.now() < (this.#notBeforeMs.get(replay.prn) ?? 0)) return false;
    return this.enablings.allow(replay) && !isBehind(replay, going);
  }

  /** One at a time: what it leaves may be enough. It goes on later from what was saved. */
  #makeRoom(waiting: readonly GoingReplay[]): void {
    if ([...this.#running.values()].some(({ stop }) => stop.signal.aborted)) return;
    for (const replay of waiting) {
      const holder = this.#turns.makeRoom(replay, this.#holders, performance.now());
      if (holder === undefined) continue;
      const { prn } = holder.replay;
      this.log.info({ event: 'replay.made_room', replay: prn, for: replay.prn });
      this.#running.get(prn)?.stop.abort();
      return;
    }
  }

  get #holders(): Holder[] {
    return [...this.#running.values()];
  }

  #begin(replay: GoingReplay, runner: string): void {
    const { prn } = replay;
    const stop = new AbortController();
    const ended = this.runs
      .run(prn, runner, stop.signal)
      .then(
        () => this.#notBeforeMs.delete(prn),
        (error: unknown) => {
          this.#notBeforeMs.set(prn, performance.now() + FAILED_RETRY_MS);
          this.log.warn({ event: 'replay.interrupted', replay: prn, error }, 'A replay will be gone on with');
        },
      )
      .then(() => {
        this.#running.delete(prn);
        this.#wakeUp.call();
      });
    this.#running.set(prn, { replay, sinceMs: performance.now(), stop, ended });
  }

  async #stopAll(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    this.#showNothing();
  }

  #showNothing(): void {
    const { replaysRunning, replaysWaiting, replayRemaining, replayScope } = this.metrics;
    for (const gauge of [replaysRunning, replaysWaiting, replayRemaining, replayScope]) gauge.set(0);
  }
}

import { HttpStatus, Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { OverviewQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.js';
import { Refusal, unavailable } from '../errors/problems.js';
import { CallerCheck } from './caller-check.js';
import { EventStream } from './event-stream.js';
import { PipelineViews } from './pipeline-views.js';

const MAX_OF_ORGANIZATION = 10;
const MAX_OF_PROCESS = 200;
const RETRY_AFTER_SECONDS = 30;

const TICK_MS = 1_000;
/** In ticks. */
const EVERY = { pipeline: 2, overview: 5, check: 3, heartbeat: 15 } as const;
const MAX_SLOW_MS = 60_000;

const LAST_MINUTE = { bucketMs: 60_000, count: 1 } as const;

interface OpenStream {
  readonly organization: Prn<'organization'>;
  readonly request: FastifyRequest;
  readonly stream: EventStream;
}

/**
 * Everybody who watches the pipeline. One clock for all of them, which stands still while nobody does; what an organization is sent is made
 * once, however many of it watch.
 */
@Injectable()
export class PipelineStreams implements BeforeApplicationShutdown {
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;
  #tick = 0;
  #isTicking = false;
  #isStopping = false;

  constructor(
    private readonly views: PipelineViews,
    private readonly overview: OverviewQueries,
    private readonly callers: CallerCheck,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    metrics.apiStreams.set(0);
  }

  /** Sends the state at once, and then as it changes. @throws Refusal 429, 503 */
  async open({ organization }: Principal, request: FastifyRequest): Promise<EventStream> {
    this.#makeRoom(organization);
    const opened: OpenStream = { organization, request, stream: new EventStream() };
    const { stream } = opened;
    this.#open.add(opened);
    this.metrics.apiStreams.set(this.#open.size);
    stream.once('close', () => this.#forget(opened));
    this.#timer ??= setInterval(() => void this.#onTick(), TICK_MS);
    try {
      stream.sendEvent('pipeline', await this.views.of(organization), performance.now());
    } catch (error) {
      stream.destroy();
      throw error;
    }
    return stream;
  }

  beforeApplicationShutdown(): void {
    this.#isStopping = true;
    clearInterval(this.#timer);
    for (const { stream } of this.#open) stream.end();
  }

  #makeRoom(organization: Prn<'organization'>): void {
    if (this.#isStopping) throw unavailable('The server is stopping', RETRY_AFTER_SECONDS);
    if (this.#open.size >= MAX_OF_PROCESS)
      throw unavailable('As many streams are open as this server has', RETRY_AFTER_SECONDS);
    const own = [...this.#open].filter((one) => one.organization === organization);
    if (own.length >= MAX_OF_ORGANIZATION)
      throw new Refusal(
        HttpStatus.TOO_MANY_REQUESTS,
        `An organization can have ${MAX_OF_ORGANIZATION} streams open at once`,
        RETRY_AFTER_SECONDS,
      );
  }

  #forget(closed: OpenStream): void {
    this.#open.delete(closed);
    this.metrics.apiStreams.set(this.#open.size);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One at a time: when PostgreSQL is slow, ticks are left out. */
  async #onTick(): Promise<void> {
    if (this.#isTicking || this.#isStopping) return;
    this.#isTicking = true;
    this.#tick++;
    try {
      const isDue = (what: keyof typeof EVERY): boolean => this.#tick % EVERY[what] === 0;
      if (isDue('check')) await this.#endInvalid();
      const nowMs = performance.now();
      if (isDue('heartbeat')) for (const { stream } of this.#open) stream.sendHeartbeat(nowMs);
      const organizations = new Set([...this.#open].map(({ organization }) => organization));
      for (const organization of organizations) {
        if (isDue('pipeline')) this.#send(organization, 'pipeline', await this.views.of(organization));
        if (isDue('overview')) this.#send(organization, 'overview_tick', await this.#lastMinute(organization));
      }
    } catch (error) {
      // PostgreSQL is away: whoever watches sees that nothing comes, and the connection lives.
      this.log.debug({ event: 'pipeline.stream_waits', error }, 'what is streamed could not be read');
    } finally {
      this.#isTicking = false;
    }
  }

  #send(organization: Prn<'organization'>, name: string, data: object): void {
    const nowMs = performance.now();
    for (const one of this.#open) if (one.organization === organization) one.stream.sendEvent(name, data, nowMs);
  }

  /** Who signed out, whose key is gone, and who does not read. */
  async #endInvalid(): Promise<void> {
    for (const { stream, request } of this.#open) {
      if (stream.slowForMs(performance.now()) > MAX_SLOW_MS) stream.destroy();
      else if (!(await this.callers.mayRead(request))) stream.end();
    }
  }

  async #lastMinute(organization: Prn<'organization'>): Promise<{ events: number; succeeded: number; failed: number }> {
    const from = new Date(Date.now() - LAST_MINUTE.bucketMs);
    const [counts] = await this.overview.buckets(organization, { from, ...LAST_MINUTE }, true);
    const { events = 0, succeeded = 0, failed = 0 } = counts ?? {};
    return { events, succeeded, failed };
  }
}

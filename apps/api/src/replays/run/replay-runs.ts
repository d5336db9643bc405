import { Inject, Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import { BatchingProducer, KafkaError } from '@fleethook/kafka';
import type { DeliveryMessage } from '@fleethook/messages';
import {
  LOG,
  METRICS,
  startAtZero,
  type Log,
  type Metrics,
  type TraceContext,
  type TracedSpan,
} from '@fleethook/observability';
import {
  ReplayRunQueries,
  StoreError,
  WebhookQueries,
  type ReplayEnd,
  type ReplayEntity,
  type ReplayProgress,
} from '@fleethook/store';
import { ReplayTracing, seriesOf } from '../replay-tracing.js';
import { ReplayRun, ReplayRunPorts } from './replay-run.js';
import { ReplaySink } from './replay-sink.js';
import { ReplaySources } from './replay-sources.js';

/** For replays alone: however much they send, it fills nobody else's queue. */
export abstract class ReplayProducer extends BatchingProducer {}

/** Runs one replay after the other was asked for, and writes down how it ended. */
@Injectable()
export class ReplayRuns {
  readonly #runs = new Set<ReplayRun>();

  constructor(
    private readonly queries: ReplayRunQueries,
    private readonly webhooks: WebhookQueries,
    private readonly sources: ReplaySources,
    private readonly producer: ReplayProducer,
    private readonly tracing: ReplayTracing,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    startAtZero(metrics.replaysEnded, 'state', ['completed', 'paused', 'failed'] satisfies ReplayEnd['state'][]);
  }

  /** Records that the running ones have still to look at. */
  get remaining(): number {
    return [...this.#runs].reduce((sum, run) => sum + run.remaining, 0);
  }

  /** Records that the running ones look at in all. */
  get scope(): number {
    return [...this.#runs].reduce((sum, run) => sum + run.scope, 0);
  }

  /** Until it ends, or is stopped. @throws StoreError, KafkaError: it can be run again, and goes on from what was saved */
  async run(prn: Prn<'replay'>, runner: string, signal: AbortSignal): Promise<void> {
    const replay = await this.queries.claim(prn, runner, new Date());
    if (replay === undefined) return;
    const { webhookPrn: webhook, source, state } = replay;
    this.log.info({ event: 'replay.running', replay: prn, webhook, source, state, sent: replay.sent });
    const span = this.tracing.running(replay);
    try {
      const end = await this.#endOf(replay, runner, signal, span?.context);
      if (end === undefined) return;
      span?.set({ 'fleethook.state': end.state });
      if (end.state === 'failed') span?.fail(end.reason ?? end.state);
      await this.#ended(replay, runner, end);
    } catch (error) {
      if (error instanceof StoreError || error instanceof KafkaError) span?.fail(error.code);
      throw error;
    } finally {
      span?.end();
    }
  }

  async #ended({ prn, webhookPrn: webhook, source }: ReplayEntity, runner: string, end: ReplayEnd): Promise<void> {
    await this.queries.end(prn, runner, end, new Date());
    this.metrics.replaysEnded.inc({ state: end.state });
    this.log.info({ event: 'replay.ended', replay: prn, webhook, source, ...end });
  }

  async #endOf(
    replay: ReplayEntity,
    runner: string,
    signal: AbortSignal,
    trace: TraceContext | undefined,
  ): Promise<ReplayEnd | undefined> {
    const { queries, webhooks } = this;
    const ports: ReplayRunPorts = {
      save: (progress: ReplayProgress) => queries.save(replay.prn, runner, progress, new Date()),
      obstacle: () => obstacleTo(replay, webhooks),
    };
    const observed = { log: this.log, metrics: this.metrics };
    // However it ends: nothing of it may be sent afterwards.
    const over = new AbortController();
    const untilOver = AbortSignal.any([signal, over.signal]);
    const spanOf = (delivery: DeliveryMessage): TracedSpan | undefined => this.tracing.sending(delivery, trace);
    const sink = new ReplaySink(this.producer, seriesOf(replay.prn), observed, untilOver, spanOf);
    const run = new ReplayRun(replay, this.sources.of(replay), sink, ports, observed, untilOver);
    this.#runs.add(run);
    try {
      return await run.run();
    } catch (error) {
      if (error instanceof StoreError || error instanceof KafkaError) throw error;
      this.log.error({ event: 'replay.failed', replay: replay.prn, error }, 'A replay failed');
      return { state: 'failed', reason: 'internal_error' };
    } finally {
      over.abort();
      this.#runs.delete(run);
    }
  }
}

/** A disabled webhook is sent nothing, but counting does it no harm. */
async function obstacleTo(replay: ReplayEntity, webhooks: WebhookQueries): Promise<ReplayEnd | undefined> {
  const webhook = await webhooks.find(replay.organizationPrn, replay.webhookPrn);
  if (webhook === undefined) return { state: 'failed', reason: 'webhook_deleted' };
  if (webhook.state === 'disabled' && !replay.dryRun) return { state: 'paused', reason: 'webhook_disabled' };
  return undefined;
}

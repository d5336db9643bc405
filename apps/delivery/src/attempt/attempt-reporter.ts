import { Inject, Injectable } from '@nestjs/common';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { encodeAttempt, TOPICS } from '@fleethook/messages';
import { LOG, METRICS, WideEvents, type Log, type Metrics } from '@fleethook/observability';
import { Forwarder } from '../forwarding/forwarder.js';
import { logAttempt } from './attempt-log.js';
import { AttemptMetrics } from './attempt-metrics.js';
import type { EndedAttempt } from './attempt.js';

/** Tells of attempts: a log line, metrics, the end of its spans, and the record on `webhook.attempts` from which history is made. */
@Injectable()
export class AttemptReporter {
  readonly #metrics: AttemptMetrics;
  readonly #log: WideEvents;

  constructor(
    private readonly forwarder: Forwarder,
    @Inject(LOG) log: Log,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.#metrics = new AttemptMetrics(metrics);
    this.#log = new WideEvents(log);
  }

  /** A success is reported whoever owns the record by now. */
  reportSuccess(record: KafkaRecord, attempt: EndedAttempt): void {
    this.#note(attempt);
    this.forwarder.report(record, attemptRecord(attempt));
  }

  /** @param followUp the retry or the dead letter, without which the attempt must not be reported */
  reportFailure(record: KafkaRecord, attempt: EndedAttempt, followUp: OutgoingRecord): void {
    this.#note(attempt);
    this.forwarder.forward(record, [followUp, attemptRecord(attempt)]);
  }

  /** The record may belong to another process by now, which will make the attempt again: only this log knows of it. */
  noteDropped(record: KafkaRecord, attempt: EndedAttempt): void {
    this.#note(attempt);
    record.abandon();
  }

  #note(attempt: EndedAttempt): void {
    this.#metrics.note(attempt);
    logAttempt(this.#log, attempt);
    attempt.trace?.ended(attempt);
  }
}

function attemptRecord(attempt: EndedAttempt): OutgoingRecord {
  const { deliveryId, message, configVersion, startedAtMs, outcome, result, next } = attempt;
  const isResponse = result.kind === 'response';
  const record = encodeAttempt({
    v: 1,
    delivery: deliveryId,
    series: message.series,
    attempt: message.attempt,
    event: message.event,
    name: message.name,
    webhook: message.webhook,
    configVersion,
    acceptedAtMs: message.acceptedAtMs,
    startedAtMs,
    latencyMs: result.latencyMs,
    outcome: outcome.kind,
    stage: outcome.kind === 'timeout' ? outcome.stage : undefined,
    status: isResponse ? result.status : undefined,
    address: result.address,
    excerpt: isResponse && result.excerpt !== '' ? result.excerpt : undefined,
    detail: isResponse ? undefined : result.detail,
    next,
  });
  return { topic: TOPICS.attempts.name, key: record.key, value: record.value, headers: record.headers };
}

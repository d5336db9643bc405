import { Inject, Injectable } from '@nestjs/common';
import { LOG, METRICS, startAtZero, type Log, type Metrics } from '@fleethook/observability';
import { HealthQueries, WARNING_KINDS, WarningQueries, WebhookQueries, type FailingWebhook } from '@fleethook/store';
import { verdictOn, type DueWarning } from './disable-rule.js';

const PAGE = 500;
/** Warnings are kept as long as the history that explains them. */
const WARNINGS_KEPT_MS = 30 * 86_400_000;

/** Applies the disable rule to every webhook that fails. Doing so twice, or in two processes at once, is doing it once. */
@Injectable()
export class FailingEndpoints {
  constructor(
    private readonly health: HealthQueries,
    private readonly warnings: WarningQueries,
    private readonly webhooks: WebhookQueries,
    @Inject(LOG) private readonly log: Log,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    metrics.webhooksFailing.set(0);
    startAtZero(metrics.webhookWarnings, 'kind', WARNING_KINDS);
    startAtZero(metrics.webhooksDisabled, 'by', ['gone', 'failing']);
  }

  /** @throws StoreError */
  async judgeAll(nowMs: number, mayGoOn: () => boolean = () => true): Promise<void> {
    let after = '';
    let count = 0;
    while (mayGoOn()) {
      const page = await this.health.failing(after, PAGE);
      for (const webhook of page) if (mayGoOn()) await this.#judge(webhook, nowMs);
      count += page.length;
      after = page.at(-1)?.health.webhook ?? after;
      if (page.length < PAGE) break;
    }
    this.metrics.webhooksFailing.set(count);
  }

  /** What nobody asks for any more. @throws StoreError */
  async tidy(): Promise<void> {
    const forgotten = await this.health.forgetDeleted();
    const dropped = await this.warnings.dropOlderThan(WARNINGS_KEPT_MS);
    if (forgotten + dropped > 0)
      this.log.info({ event: 'webhook_health.tidied', forgotten, warnings_dropped: dropped });
  }

  async #judge(webhook: FailingWebhook, nowMs: number): Promise<void> {
    const verdict = verdictOn(webhook, nowMs);
    if (verdict.kind === 'disable') await this.#disable(webhook, nowMs);
    else for (const warning of verdict.warnings) await this.#warn(webhook, warning, nowMs);
  }

  async #disable({ health: { webhook } }: FailingWebhook, nowMs: number): Promise<void> {
    // Once more, on what is known now: a page of others may lie between reading and this.
    const current = await this.health.failingOne(webhook);
    const verdict = current === undefined ? undefined : verdictOn(current, nowMs);
    if (verdict?.kind !== 'disable') return;
    const { asOfMs, details } = verdict;
    const cause = { by: 'failing', asOf: new Date(asOfMs), details } as const;
    if (!(await this.webhooks.disable(webhook, cause, new Date(nowMs)))) return;
    this.metrics.webhooksDisabled.inc({ by: 'failing' });
    this.log.warn(
      { event: 'webhook.disabled', webhook, by: 'failing', failing_since: timeOf(details.failingSinceMs) },
      'Its endpoint has failed for too long',
    );
  }

  async #warn({ organization, health: { webhook } }: FailingWebhook, due: DueWarning, nowMs: number): Promise<void> {
    if (!(await this.warnings.add({ organization, webhook, ...due }, new Date(nowMs)))) return;
    this.metrics.webhookWarnings.inc({ kind: due.kind });
    const { failingSinceMs, disablesAtMs, delivery, outcome, status } = due.details;
    this.log.warn(
      {
        event: 'webhook.warned',
        webhook,
        organization,
        kind: due.kind,
        failing_since: timeOf(failingSinceMs),
        disables_at: timeOf(disablesAtMs),
        delivery,
        outcome,
        status,
      },
      'A customer was warned of an endpoint that fails',
    );
  }
}

function timeOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

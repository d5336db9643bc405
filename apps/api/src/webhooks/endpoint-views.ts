import { Injectable } from '@nestjs/common';
import { timestampOf } from '@fleethook/events';
import {
  HealthQueries,
  WarningQueries,
  type WebhookEntity,
  type WebhookHealth,
  type WebhookWarning,
} from '@fleethook/store';
import { failingRun } from '../failing/failing-run.js';
import { warningView } from '../warnings/warning.view.js';
import { webhookFields, type WebhookView } from './webhook.view.js';

const WARNINGS_SHOWN = 5;

/** Webhooks as clients see them, with what is known of their endpoints: two more queries, however many webhooks. */
@Injectable()
export class EndpointViews {
  constructor(
    private readonly health: HealthQueries,
    private readonly warnings: WarningQueries,
  ) {}

  async one(webhook: WebhookEntity): Promise<WebhookView> {
    const { prn } = webhook;
    const [healths, warnings] = await Promise.all([
      this.health.of([prn]),
      this.warnings.latestOf([prn], WARNINGS_SHOWN),
    ]);
    return viewOf(webhook, healths.get(prn), warnings);
  }

  async all(webhooks: readonly WebhookEntity[]): Promise<WebhookView[]> {
    const prns = webhooks.map(({ prn }) => prn);
    const [healths, warnings] = await Promise.all([this.health.of(prns), this.warnings.latestOf(prns, WARNINGS_SHOWN)]);
    return webhooks.map((webhook) => viewOf(webhook, healths.get(webhook.prn), warnings));
  }
}

function viewOf(
  webhook: WebhookEntity,
  health: WebhookHealth | undefined,
  warnings: readonly WebhookWarning[],
): WebhookView {
  const { prn, enabledAt } = webhook;
  const run = health === undefined ? undefined : failingRun(health, enabledAt.getTime());
  const ofIt = warnings.filter((warning) => warning.webhook === prn && warning.insertedAt >= enabledAt);
  return {
    ...webhookFields(webhook),
    failing_since: run === undefined ? null : timestampOf(run.sinceMs),
    warnings: ofIt.map(warningView),
  };
}

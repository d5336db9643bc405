import { Injectable } from '@nestjs/common';
import type { Prn } from '@fleethook/events';
import {
  BreakerQueries,
  WebhookActivityQueries,
  type BreakerState,
  type HourOfWebhook,
  type WebhookEntity,
} from '@fleethook/store';
import { successRatio } from '../overview/overview.view.js';
import { HOURS, type EndpointHealthView } from './endpoint-health.schemas.js';

const HOUR_MS = 3_600_000;

/** How the endpoints of some webhooks of one organization do: three queries, however many webhooks. */
@Injectable()
export class EndpointHealthViews {
  constructor(
    private readonly activity: WebhookActivityQueries,
    private readonly breakers: BreakerQueries,
  ) {}

  async of(organization: Prn<'organization'>, webhooks: readonly WebhookEntity[]): Promise<EndpointHealthView[]> {
    const prns = webhooks.map(({ prn }) => prn);
    const nowMs = Date.now();
    const fromMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - (HOURS - 1) * HOUR_MS;
    const [hours, waiting, breakers] = await Promise.all([
      this.activity.hours(organization, prns, new Date(fromMs), HOURS),
      this.activity.waiting(organization, prns),
      this.breakers.of(prns, new Date(nowMs)),
    ]);
    return webhooks.map((webhook) => {
      const { prn } = webhook;
      const bars = barsOf(
        hours.filter((hour) => hour.webhook === prn),
        fromMs,
      );
      return viewOf(webhook, bars, waiting.get(prn) ?? 0, breakers.get(prn) ?? 'closed');
    });
  }
}

type Bars = EndpointHealthView['bars'];

function barsOf(hours: readonly HourOfWebhook[], fromMs: number): Bars {
  const bars: Bars = Array.from({ length: HOURS }, () => ({ succeeded: 0, failed: 0 }));
  for (const { at, succeeded, failed } of hours) bars[(at.getTime() - fromMs) / HOUR_MS] = { succeeded, failed };
  return bars;
}

function viewOf(webhook: WebhookEntity, bars: Bars, waiting: number, breaker: BreakerState): EndpointHealthView {
  const succeeded = bars.reduce((sum, bar) => sum + bar.succeeded, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  return {
    webhook_prn: webhook.prn,
    succeeded_24h: succeeded,
    failed_24h: failed,
    success_ratio: successRatio(succeeded, failed),
    bars,
    waiting,
    breaker: breaker === 'unknown' ? null : breaker,
    state: webhook.state,
    disabled_by: webhook.disabledBy,
  };
}

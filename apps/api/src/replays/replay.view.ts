import { z } from 'zod';
import { timestampOf } from '@fleethook/events';
import type { ReplayEntity } from '@fleethook/store';
import { nextPage, prnField, timestamp } from '../listing/reply-fields.js';
import { DeadReason, ReplayState, UndeliveredStatus } from '../openapi/named-values.js';

const ReplayView = z
  .object({
    prn: prnField('replay'),
    organization_prn: prnField('organization'),
    webhook_prn: prnField('webhook'),
    source: z
      .enum(['log', 'failed', 'bookmark'])
      .meta({ description: '`bookmark`: begun by enabling a webhook with `"resume_from": "bookmark"`' }),
    state: ReplayState.meta({ description: '`counting`: a dry run under way; the last three are final' }),
    reason: z
      .enum(['webhook_disabled', 'webhook_deleted', 'internal_error'])
      .nullable()
      .meta({ description: 'Why it is paused, when nobody asked for it, or failed' }),
    from: timestamp,
    to: timestamp.meta({ description: 'Exclusive' }),
    filter: z.object({
      enabled_events: z.array(z.string()).optional(),
      device_prns: z.array(z.string()).optional(),
      webhook_filter: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ description: 'Of the webhook, as it was when the replay was asked for' }),
      match: z.record(z.string(), z.unknown()).optional(),
      statuses: z.array(UndeliveredStatus).optional(),
      dead_reasons: z.array(DeadReason).optional(),
    }),
    rate_per_second: z.int(),
    dry_run: z.boolean(),
    progress: z.object({
      scanned: z.int().meta({ description: 'Records looked at, of all organizations; of `failed`, deliveries' }),
      matched: z.int(),
      sent: z.int().meta({ description: 'Handed over, to be delivered' }),
      skipped: z.int().meta({ description: 'Could not be sent: not kept any more, or too large' }),
      total_estimate: z
        .int()
        .nullable()
        .meta({ description: 'Records to look at; null until it is known, or when they are too many to be counted' }),
      percent: z.number().nullable(),
    }),
    inserted_at: timestamp,
    updated_at: timestamp,
    started_at: timestamp.nullable().meta({ description: 'Null while it waits for its turn' }),
    ended_at: timestamp.nullable(),
  })
  .meta({ id: 'Replay' });
export type ReplayView = z.infer<typeof ReplayView>;

export const ReplayReply = z.object({ replay: ReplayView });
export const ReplaysReply = z.object({ replays: z.array(ReplayView), next_page: nextPage });

export function replayView(replay: ReplayEntity): ReplayView {
  const { enabledEvents, devicePrns, webhookFilter, match, statuses, deadReasons } = replay.filter;
  return {
    prn: replay.prn,
    organization_prn: replay.organizationPrn,
    webhook_prn: replay.webhookPrn,
    source: replay.source,
    state: replay.state,
    reason: replay.reason,
    from: timeOf(replay.from),
    to: timeOf(replay.to),
    filter: {
      ...(enabledEvents === undefined ? {} : { enabled_events: enabledEvents }),
      ...(devicePrns === undefined ? {} : { device_prns: devicePrns }),
      ...(webhookFilter === undefined ? {} : { webhook_filter: { ...webhookFilter } }),
      ...(match === undefined ? {} : { match: { ...match } }),
      ...(statuses === undefined ? {} : { statuses }),
      ...(deadReasons === undefined ? {} : { dead_reasons: deadReasons }),
    },
    rate_per_second: replay.ratePerSecond,
    dry_run: replay.dryRun,
    progress: {
      scanned: replay.scanned,
      matched: replay.matched,
      sent: replay.sent,
      skipped: replay.skipped,
      total_estimate: replay.total,
      percent: percentOf(replay),
    },
    inserted_at: timeOf(replay.insertedAt),
    updated_at: timeOf(replay.updatedAt),
    started_at: replay.startedAt === null ? null : timeOf(replay.startedAt),
    ended_at: replay.endedAt === null ? null : timeOf(replay.endedAt),
  };
}

/** With one decimal; 100 only once it is completed. */
function percentOf({ state, scanned, total }: ReplayEntity): number | null {
  if (state === 'completed') return 100;
  if (total === null) return null;
  return total === 0 ? 0 : Math.min(99.9, Math.floor((scanned / total) * 1_000) / 10);
}

const timeOf = (time: Date): string => timestampOf(time.getTime());

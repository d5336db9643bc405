import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventName, Prn } from '@fleethook/events';
import type { DeadReason } from '@fleethook/messages';
import type { StoredFilter } from '../entities/webhook.entity.js';

/**
 * Where the deliveries come from: `log`, a window of `fleet.events`; `failed`, deliveries of the history that did not arrive; `bookmark`,
 * what a webhook has missed while it was disabled.
 */
export type ReplaySource = 'log' | 'failed' | 'bookmark';

export const REPLAY_STATES = ['counting', 'running', 'paused', 'completed', 'cancelled', 'failed'] as const;
/** `counting`: a dry run under way. The last three are final. */
export type ReplayState = (typeof REPLAY_STATES)[number];

/** Why it is paused, when nobody asked for it, or failed. */
export type ReplayReason = 'webhook_disabled' | 'webhook_deleted' | 'internal_error';

/** What of a window is sent. What is left out of it does not narrow. */
export interface ReplayFilter {
  enabledEvents?: EventName[];
  devicePrns?: Prn<'device'>[];
  /** The webhook's own, as it was when the replay was asked for. */
  webhookFilter?: StoredFilter;
  /** Of this replay: what passes the webhook's must pass it, too. */
  match?: StoredFilter;
  /** Of `failed`. */
  statuses?: ('failed' | 'pending')[];
  deadReasons?: DeadReason[];
  /** Of `bookmark`, ISO 8601: what was accepted before was never for the webhook. */
  notBefore?: string;
}

/** How far it has come: everything before was acknowledged by Kafka. */
export interface ReplayPosition {
  /** What is left of each topic, by its name without prefix: `[partition, next, end]`. */
  topics?: Record<string, [partition: number, next: number, end: number][]>;
  /** The last delivery of the history that is done with. */
  failed?: { acceptedAtMs: number; delivery: string };
  /** Of `bookmark`: `to` is where its window ends, and no longer when it was asked for; see bookmark-windows.queries.ts. */
  isBounded?: true;
}

/** Numbers that may exceed 32 bits. */
const bigint = { type: 'bigint', transformer: { from: Number, to: (value: number) => value } } as const;

@Entity({ name: 'replays' })
export class ReplayEntity {
  @PrimaryColumn({ type: 'text' })
  prn!: Prn<'replay'>;

  @Column({ name: 'organization_prn', type: 'text' })
  organizationPrn!: Prn<'organization'>;

  /** No foreign key: the record of a replay outlives its webhook. */
  @Column({ name: 'webhook_prn', type: 'text' })
  webhookPrn!: Prn<'webhook'>;

  @Column({ type: 'text' })
  source!: ReplaySource;

  /** Of the times at which intake took the events; `to` is exclusive. */
  @Column({ name: 'window_from', type: 'timestamptz', precision: 3 })
  from!: Date;

  @Column({ name: 'window_to', type: 'timestamptz', precision: 3 })
  to!: Date;

  @Column({ type: 'jsonb' })
  filter!: ReplayFilter;

  @Column({ name: 'rate_per_second', type: 'integer' })
  ratePerSecond!: number;

  @Column({ name: 'dry_run', type: 'boolean' })
  dryRun!: boolean;

  @Column({ type: 'text' })
  state!: ReplayState;

  @Column({ type: 'text', nullable: true })
  reason!: ReplayReason | null;

  @Column({ type: 'jsonb' })
  position!: ReplayPosition;

  /** Records looked at, up to the position; likewise the next three. */
  @Column(bigint)
  scanned!: number;

  @Column(bigint)
  matched!: number;

  /** Acknowledged by Kafka. */
  @Column(bigint)
  sent!: number;

  /** Could not be sent: unreadable, or its body is not kept any more. */
  @Column(bigint)
  skipped!: number;

  /** Records to look at in all; null until it is known. */
  @Column({ ...bigint, nullable: true, transformer: { from: numberOrNull, to: (value: number | null) => value } })
  total!: number | null;

  /** The process that works on it, by a name that it gave itself: only its progress counts. */
  @Column({ type: 'uuid', nullable: true })
  runner!: string | null;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3 })
  insertedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;

  /** When its turn came. */
  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', precision: 3, nullable: true })
  endedAt!: Date | null;
}

function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value);
}

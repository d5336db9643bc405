import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventName, Prn } from '@fleethook/events';

export type WebhookState = 'enabled' | 'disabled';

/** By hand, because the endpoint answered 410, or because it failed for too long: told apart wherever a webhook is shown. */
export type DisabledBy = 'user' | 'gone' | 'failing';

/** Which events it wants: JSON in the language of libs/matching. */
export type StoredFilter = object;

/** One signing secret, sealed; without `expiresAtMs` it is the newest and stays. */
export interface StoredSecret {
  sealed: string;
  expiresAtMs?: number | undefined;
}

@Entity({ name: 'webhooks' })
export class WebhookEntity {
  @PrimaryColumn({ type: 'text' })
  prn!: Prn<'webhook'>;

  @Column({ name: 'organization_prn', type: 'text' })
  organizationPrn!: Prn<'organization'>;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ name: 'enabled_events', type: 'text', array: true })
  enabledEvents!: EventName[];

  /** Null: all that it named. */
  @Column({ type: 'jsonb', nullable: true })
  filter!: StoredFilter | null;

  /** One attempt in all; null here and below: the default. */
  @Column({ name: 'timeout_ms', type: 'integer', nullable: true })
  timeoutMs!: number | null;

  @Column({ name: 'max_concurrency', type: 'integer', nullable: true })
  maxConcurrency!: number | null;

  /** Null: no limit. */
  @Column({ name: 'rate_per_second', type: 'integer', nullable: true })
  ratePerSecond!: number | null;

  /** Over so many lanes its deliveries are spread, each of which another process may have. */
  @Column({ type: 'integer' })
  lanes!: number;

  /** Of the headers that are sealed: only the names are ever shown. */
  @Column({ name: 'header_names', type: 'text', array: true })
  headerNames!: string[];

  @Column({ name: 'sealed_headers', type: 'text', nullable: true })
  sealedHeaders!: string | null;

  @Column({ name: 'sealed_basic_auth', type: 'text', nullable: true })
  sealedBasicAuth!: string | null;

  @Column({ type: 'text' })
  state!: WebhookState;

  @Column({ name: 'disabled_by', type: 'text', nullable: true })
  disabledBy!: DisabledBy | null;

  /** When it was last enabled, or its URL verified: what happened before is not held against it. */
  @Column({ name: 'enabled_at', type: 'timestamptz', precision: 3 })
  enabledAt!: Date;

  /** The version that came of it: the `gone` of an attempt that was made of an older one must not disable it again. */
  @Column({ name: 'verified_version', type: 'integer' })
  verifiedVersion!: number;

  /** What was accepted before is not for it: when it was made, or last enabled to go on from that moment. */
  @Column({ name: 'begins_at', type: 'timestamptz', precision: 3 })
  beginsAt!: Date;

  /** When it was disabled: the bookmark from which it can go on. Null while it is enabled. */
  @Column({ name: 'disabled_at', type: 'timestamptz', precision: 3, nullable: true })
  disabledAt!: Date | null;

  /** Oldest first. */
  @Column({ type: 'jsonb' })
  secrets!: StoredSecret[];

  /** Grows with every change: see outbox.ts. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3 })
  insertedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Prn } from '@fleethook/events';
import type { ApiKeyScope } from '@fleethook/messages';

@Entity({ name: 'api_keys' })
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'text' })
  prn!: Prn<'api_key'>;

  @Column({ name: 'organization_prn', type: 'text' })
  organizationPrn!: Prn<'organization'>;

  @Column({ type: 'text' })
  name!: string;

  /** Of the key, which itself is kept nowhere. */
  @Column({ type: 'text' })
  hash!: string;

  @Column({ type: 'text', array: true })
  scopes!: ApiKeyScope[];

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** The key that made this one; null when no key did. */
  @Column({ name: 'creator_prn', type: 'text', nullable: true })
  creatorPrn!: Prn<'api_key'> | null;

  /** Grows with every change: see outbox.ts. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'inserted_at', type: 'timestamptz', precision: 3 })
  insertedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
